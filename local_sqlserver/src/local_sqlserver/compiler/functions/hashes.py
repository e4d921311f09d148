"""Hashes, identifiers and encryption."""

from __future__ import annotations

from local_sqlserver.compiler.conversions import bytes_of_text
from local_sqlserver.compiler.functions.registry import Call, Place, Theme
from local_sqlserver.compiler.types import UNIQUEIDENTIFIER
from local_sqlserver.errors import unsupported
from local_sqlserver.types import BINARY, MAX, SqlType

hashes = Theme("hashes and identifiers")


@hashes.scalar("HASHBYTES", least=2, result=SqlType("varbinary", length=8000))
def _hashbytes(call: Call) -> str:
    algorithm = (call.arguments[0].constant or "").upper()
    functions = {"MD5": "md5", "SHA": "sha1", "SHA1": "sha1", "SHA2_256": "sha256", "SHA2_512": "sha512"}
    if algorithm not in functions:
        raise unsupported(f"HASHBYTES with {algorithm or 'a computed algorithm'}", call.line)
    data, path = _bytes(call, 1), call.arguments[1].path
    if path and call.scope.keys is None:  # read in blocks, because a file may be larger than memory
        return f"tsql_file_hash({path}, '{functions[algorithm]}')"
    return f"tsql_sha512({data})" if algorithm == "SHA2_512" else f"unhex({functions[algorithm]}({data}))"


def _bytes(call: Call, position: int) -> str:
    """SQL of the bytes of an argument of text or binary data; raises 8116."""
    value = call.arguments[position]
    if value.is_text:
        return bytes_of_text(value)
    if value.type.name in BINARY:
        return value.sql
    raise call.invalid_argument(position)


@hashes.scalar("COMPRESS", "DECOMPRESS", least=1, result=SqlType("varbinary", length=MAX))
def _compress(call: Call) -> str:
    if call.name == "COMPRESS":
        return f"tsql_gzip({_bytes(call, 0)})"
    if call.arguments[0].type.name not in BINARY:
        raise call.invalid_argument(0)
    return f"tsql_gunzip({call.arguments[0].sql})"


@hashes.scalar("NEWID", "NEWSEQUENTIALID", least=0, result=UNIQUEIDENTIFIER)
def _newid(call: Call) -> str:
    return "uuid()" if call.name == "NEWID" else "CAST(tsql_sequential_guid() AS UUID)"


hashes.refuse("BINARY_CHECKSUM", "CHECKSUM", "CRYPT_GEN_RANDOM", "PWDCOMPARE", "PWDENCRYPT")
hashes.refuse("CHECKSUM_AGG", place=Place.AGGREGATE)

encryption = Theme("encryption and signatures")
encryption.refuse(
    *("ASYMKEYPROPERTY", "ASYMKEY_ID", "CERTENCODED", "CERTPRIVATEKEY", "CERTPROPERTY", "DECRYPTBYASYMKEY"),
    *("DECRYPTBYCERT", "DECRYPTBYKEY", "DECRYPTBYKEYAUTOASYMKEY", "DECRYPTBYKEYAUTOCERT", "DECRYPTBYPASSPHRASE"),
    *("ENCRYPTBYASYMKEY", "ENCRYPTBYCERT", "ENCRYPTBYKEY", "ENCRYPTBYPASSPHRASE", "IS_OBJECTSIGNED", "KEY_GUID"),
    *("KEY_ID", "KEY_NAME", "SIGNBYASYMKEY", "SIGNBYCERT", "SYMKEYPROPERTY", "VERIFYSIGNEDBYASYMKEY"),
    "VERIFYSIGNEDBYCERT",
)
