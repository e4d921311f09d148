"""Module signing: the permissions of a procedure in addition to those of ownership chaining and its caller."""

from collections.abc import Iterator

import pytest

from tests.engine.conftest import Client, Connect

CREATE = "CREATE CERTIFICATE signer ENCRYPTION BY PASSWORD = 'Key_1' WITH SUBJECT = 'tests', EXPIRY_DATE = '20991231'"
SIGN = "ADD SIGNATURE TO s.{} BY CERTIFICATE signer WITH PASSWORD = 'Key_1'"
PROCEDURES = (
    "CREATE OR ALTER PROCEDURE s.empty_it AS TRUNCATE TABLE s.t",
    "CREATE OR ALTER PROCEDURE s.outer_one AS EXEC s.empty_it",
    "CREATE OR ALTER PROCEDURE s.count_it AS EXEC sp_executesql N'SELECT COUNT(*) FROM s.t'",
    "CREATE OR ALTER PROCEDURE s.outer_two AS EXEC sp_executesql N'EXEC s.inner_two'",
    "CREATE OR ALTER PROCEDURE s.inner_two AS EXEC sp_executesql N'SELECT COUNT(*) FROM s.t'",
)


@pytest.fixture
def owner(sql: Client) -> Iterator[Client]:
    sql.good(
        "CREATE SCHEMA s",
        "CREATE TABLE s.t (a INT)",
        "INSERT s.t VALUES (1), (2)",
        *PROCEDURES,
        CREATE,
        "CREATE USER signer FROM CERTIFICATE signer",
        "CREATE LOGIN worker WITH PASSWORD = 'Worker_1'",
        "CREATE USER worker FOR LOGIN worker",
        "GRANT EXECUTE ON SCHEMA::s TO worker",
        "GRANT SELECT, ALTER ON SCHEMA::s TO signer",
    )
    yield sql
    sql.good("DROP LOGIN worker")


@pytest.fixture
def worker(owner: Client, connect: Connect) -> Client:
    return connect("D", "worker", "Worker_1")


def test_a_chain_of_ownership_covers_neither_truncate_nor_dynamic_sql(worker: Client) -> None:
    worker.fails("EXEC s.empty_it", 1088)
    worker.fails("EXEC s.count_it", 229)


def test_a_signed_procedure_has_the_permissions_of_its_certificates_user(owner: Client, worker: Client) -> None:
    owner.good(SIGN.format("empty_it"), SIGN.format("count_it"))
    assert worker("EXEC s.count_it").rows == [(2,)]
    worker.good("EXEC s.outer_one")
    assert worker("EXEC s.count_it").rows == [(0,)]
    worker.fails("SELECT * FROM s.t", 229)
    worker.fails("TRUNCATE TABLE s.t", 1088)


def test_a_signature_does_not_extend_to_called_procedures(owner: Client, worker: Client) -> None:
    owner.good(SIGN.format("outer_two"), "DENY EXECUTE ON OBJECT::s.inner_two TO public")
    worker.fails("EXEC s.outer_two", 229)
    owner.good("REVOKE EXECUTE ON OBJECT::s.inner_two FROM public")
    worker.fails("EXEC s.outer_two", 229)
    owner.good(SIGN.format("inner_two"))
    assert worker("EXEC s.outer_two").rows == [(2,)]


def test_a_procedure_that_is_altered_or_unsigned_loses_the_permissions(owner: Client, worker: Client) -> None:
    owner.good(SIGN.format("count_it"), SIGN.format("empty_it"))
    owner.good(PROCEDURES[2], "DROP SIGNATURE FROM s.empty_it BY CERTIFICATE signer")
    worker.fails("EXEC s.count_it", 229)
    worker.fails("EXEC s.empty_it", 1088)


def test_signatures_and_certificates_are_in_the_catalog(owner: Client) -> None:
    owner.good(SIGN.format("count_it"))
    query = (
        "SELECT c.name, c.pvt_key_encryption_type_desc, OBJECT_NAME(p.major_id), p.crypt_type_desc, u.type_desc"
        " FROM sys.certificates AS c JOIN sys.crypt_properties AS p ON p.thumbprint = c.thumbprint"
        " JOIN sys.database_principals AS u ON u.name = c.name WHERE c.certificate_id = CERT_ID(N'signer')"
    )
    found = ("count_it", "SIGNATURE BY CERTIFICATE", "CERTIFICATE_MAPPED_USER")
    assert owner(query).rows == [("signer", "ENCRYPTED_BY_PASSWORD", *found)]
    owner.good("ALTER CERTIFICATE signer REMOVE PRIVATE KEY")
    assert owner(query).rows == [("signer", "NO_PRIVATE_KEY", *found)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (CREATE, 15232),
        ("ALTER CERTIFICATE other REMOVE PRIVATE KEY", 15151),
        ("DROP CERTIFICATE other", 15151),
        ("DROP CERTIFICATE signer", 15559),
        ("DROP USER signer; DROP CERTIFICATE signer", 15352),
        ("CREATE USER x FROM CERTIFICATE other", 15151),
        ("CREATE USER x FROM CERTIFICATE signer", 15063),
        ("ADD SIGNATURE TO s.count_it BY CERTIFICATE other WITH PASSWORD = 'x'", 15151),
        ("ADD SIGNATURE TO s.absent BY CERTIFICATE signer WITH PASSWORD = 'Key_1'", 15151),
        ("ADD SIGNATURE TO s.t BY CERTIFICATE signer WITH PASSWORD = 'Key_1'", 15560),
        ("ADD SIGNATURE TO s.empty_it BY CERTIFICATE signer WITH PASSWORD = 'x'", 15466),
        ("ALTER CERTIFICATE signer REMOVE PRIVATE KEY; " + SIGN.format("empty_it"), 15563),
        ("CREATE CERTIFICATE c WITH SUBJECT = 'x'", 40510),
        ("CREATE CERTIFICATE c FROM BINARY = 0x01", 40510),
        ("CREATE CERTIFICATE c AUTHORIZATION u ENCRYPTION BY PASSWORD = 'Key_1' WITH SUBJECT = 'x'", 40510),
        ("CREATE LOGIN c FROM CERTIFICATE signer", 40510),
        ("ADD COUNTER SIGNATURE TO s.count_it BY CERTIFICATE signer", 40510),
        ("ADD SIGNATURE TO s.count_it BY ASYMMETRIC KEY k", 40510),
    ],
)
def test_an_impossible_signature_is_an_error(owner: Client, text: str, number: int) -> None:
    owner.good(SIGN.format("count_it"))
    owner.fails(text, number)


def test_signing_requires_the_permission_to_alter(worker: Client) -> None:
    worker.fails(CREATE.replace("signer", "mine"), 262)
    worker.fails(SIGN.format("count_it"), 262)


def test_bulk_insert_requires_insert_as_well(owner: Client, connect: Connect) -> None:
    owner.good("USE master; GRANT ADMINISTER BULK OPERATIONS TO worker")
    connect("D", "worker", "Worker_1").fails("BULK INSERT s.t FROM '/nowhere.txt'", 229)


def test_a_procedure_that_runs_as_its_owner_is_refused_to_others(owner: Client, worker: Client) -> None:
    owner.good("CREATE PROCEDURE s.owned WITH EXECUTE AS OWNER AS SELECT COUNT(*) FROM s.t", "EXEC s.owned")
    worker.fails("EXEC s.owned", 40510)
