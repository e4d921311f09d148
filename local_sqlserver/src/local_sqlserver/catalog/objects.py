"""The catalog of a database in memory: schemas, tables, views and procedures with their declared types.

``store`` writes the same entries to tables of the database file, in the transaction of the DDL. A session that
runs DDL inside a transaction works on a copy of the catalog and publishes its changes on commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from local_sqlserver.compiler import ColumnInfo, ConstraintInfo, SequenceInfo
from local_sqlserver.errors import sql_error
from local_sqlserver.types import SqlType, UserType

CATALOG_SCHEMA = "__catalog"
"""The DuckDB schema of the catalog's tables in each database file."""

MASTER = "master"

BUILT_IN_SCHEMAS = {"dbo": 1, "guest": 2, "INFORMATION_SCHEMA": 3, "sys": 4}

INDEX_KINDS = ("IX", "UX")
"""Kinds of ``ConstraintInfo`` for indexes of CREATE INDEX (UX is unique), which are not objects in sys.objects."""


def quote(name: str) -> str:
    """Return a DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """A parameter of a procedure: a row of sys.parameters."""

    name: str
    type: SqlType
    output: bool
    has_default: bool


@dataclass(frozen=True, slots=True)
class CatalogObject:
    """A table ('U'), view ('V'), procedure ('P'), sequence ('SO'), synonym ('SN') or table of a table type ('TT').

    ``definition`` is the T-SQL text of a view or procedure, the ``sequence_text`` of a sequence, the name that a
    synonym stands for.

    ``signatures`` are the thumbprints of the certificates that signed a procedure. ALTER PROCEDURE removes them.
    """

    id: int
    schema: str
    name: str
    type: str
    created: datetime
    modified: datetime
    definition: str = ""
    columns: tuple[ColumnInfo, ...] = ()
    constraints: tuple[ConstraintInfo, ...] = ()
    parameters: tuple[ParameterInfo, ...] = ()
    signatures: frozenset[bytes] = frozenset()

    @property
    def key(self) -> tuple[str, str]:
        """Schema and name in lower case."""
        return self.schema.lower(), self.name.lower()


def sequence_text(sequence: SequenceInfo) -> str:
    """The definition of a sequence object: type, start, increment, minimum, maximum, 1 for CYCLE, cache."""
    bounds = (sequence.start, sequence.increment, sequence.minimum, sequence.maximum)
    return " ".join((sequence.type.name, *map(str, (*bounds, int(sequence.cycle), sequence.cache))))


def sequence_of(definition: str) -> SequenceInfo:
    """The sequence object of a definition that ``sequence_text`` made."""
    name, *numbers = definition.split()
    start, increment, minimum, maximum, cycle, cache = map(int, numbers)
    return SequenceInfo(SqlType(name), start, increment, minimum, maximum, bool(cycle), cache)


@dataclass(frozen=True, slots=True)
class PermissionInfo:
    """A granted ('G') or denied ('D') permission.

    ``securable`` is 'database', 'schema:x', 'object:x.y' or 'type:x.y', lower case.
    """

    principal: str
    permission: str
    securable: str
    state: str


@dataclass(frozen=True, slots=True)
class PrincipalInfo:
    """A database user of a login ('S') or of a certificate ('C'), or a role ('R').

    ``login`` is the name of the user's login or certificate. ``members`` are the members of a role, in lower case.
    ``created`` and ``modified`` are local times.
    """

    name: str
    type: str
    login: str = ""
    default_schema: str = "dbo"
    members: frozenset[str] = frozenset()
    created: datetime = field(default_factory=datetime.now)
    modified: datetime = field(default_factory=datetime.now)


@dataclass(frozen=True, slots=True)
class CertificateInfo:
    """A certificate that signs procedures.

    ``thumbprint`` is 20 bytes. ``salt`` and ``hash`` belong to the password of the private key; they are empty if the
    key was removed.
    """

    id: int
    name: str
    subject: str
    thumbprint: bytes
    salt: bytes
    hash: bytes


FIXED_ROLES = {
    "public": 0,
    "db_owner": 16384,
    "db_accessadmin": 16385,
    "db_securityadmin": 16386,
    "db_ddladmin": 16387,
    "db_backupoperator": 16389,
    "db_datareader": 16390,
    "db_datawriter": 16391,
    "db_denydatareader": 16392,
    "db_denydatawriter": 16393,
}
"""The ids of the roles that every database has."""


@dataclass(slots=True)
class Catalog:
    """The catalog of one database. Names are compared without regard to case."""

    schemas: dict[str, tuple[int, str]] = field(default_factory=dict)
    objects: dict[tuple[str, str], CatalogObject] = field(default_factory=dict)
    principals: dict[str, PrincipalInfo] = field(default_factory=dict)
    permissions: frozenset[PermissionInfo] = frozenset()
    certificates: dict[str, CertificateInfo] = field(default_factory=dict)
    types: dict[tuple[str, str], UserType] = field(default_factory=dict)
    version: int = 0

    def copy(self) -> Catalog:
        """Return an independent copy; the objects themselves are immutable."""
        return replace(
            self,
            schemas=dict(self.schemas),
            objects=dict(self.objects),
            principals=dict(self.principals),
            certificates=dict(self.certificates),
            types=dict(self.types),
        )

    def schema(self, name: str) -> str | None:
        """Return the schema's name as it was created, or None."""
        found = self.schemas.get(name.lower())
        return found[1] if found else None

    def find(self, schema: str, name: str) -> CatalogObject | None:
        """Return the table, view or procedure of that name."""
        return self.objects.get((schema.lower(), name.lower()))

    def find_named(self, name: Sequence[str]) -> CatalogObject | None:
        """Return the object of a name in parts; without a schema it is in dbo."""
        return self.find(name[-2] if len(name) > 1 else "dbo", name[-1])

    def type_by_id(self, type_id: int) -> UserType | None:
        """Return the user-defined type with that id."""
        return next((found for found in self.types.values() if found.id == type_id), None)

    def by_id(self, object_id: int) -> CatalogObject | None:
        """Return the object with that id."""
        return next((item for item in self.objects.values() if item.id == object_id), None)

    def constraint_owner(self, schema: str, name: str) -> tuple[CatalogObject, str] | None:
        """Return the table with a constraint of this name, and the kind of the constraint."""
        for item in self.objects.values():
            if item.schema.lower() != schema.lower():
                continue
            for constraint in item.constraints:
                if constraint.kind not in INDEX_KINDS and constraint.name.lower() == name.lower():
                    return item, constraint.kind
            for column in item.columns:
                if column.default_name is not None and column.default_name.lower() == name.lower():
                    return item, "D"
        return None

    def in_schema(self, schema: str) -> Iterator[CatalogObject]:
        """All objects of a schema."""
        return (item for item in self.objects.values() if item.schema.lower() == schema.lower())

    def is_taken(self, schema: str, name: str) -> bool:
        """Return whether an object or constraint has the name: they share the names of a schema."""
        return self.find(schema, name) is not None or self.constraint_owner(schema, name) is not None

    def check_free(self, schema: str, name: str) -> None:
        """Raise SqlError 2714 if the name is taken."""
        if self.is_taken(schema, name):
            raise sql_error(2714, name)
