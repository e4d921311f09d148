"""Hashes, identifiers and encryption."""

from __future__ import annotations

from local_sqlserver.compiler.functions.registry import Call, Place, Theme
from local_sqlserver.compiler.types import UNIQUEIDENTIFIER
from local_sqlserver.errors import unsupported
from local_sqlserver.types import BINARY, UNICODE, SqlType

hashes = Theme("hashes and identifiers")


@hashes.scalar("HASHBYTES", least=2, result=SqlType("varbinary", length=8000))
def _hashbytes(call: Call) -> str:
    algorithm = (call.arguments[0].constant or "").upper()
    functions = {"MD5": "md5", "SHA": "sha1", "SHA1": "sha1", "SHA2_256": "sha256"}
    if algorithm not in functions:
        raise unsupported(f"HASHBYTES with {algorithm or 'a computed algorithm'}", call.line)
    value = call.arguments[1]
    if value.type.name in UNICODE:
        data = f"tsql_utf16({value.sql})"
    elif value.is_text:
        data = f"encode({value.sql})"
    elif value.type.name in BINARY:
        data = value.sql
    else:
        raise call.invalid_argument(1)
    return f"unhex({functions[algorithm]}({data}))"


@hashes.scalar("NEWID", "NEWSEQUENTIALID", least=0, result=UNIQUEIDENTIFIER)
def _newid(call: Call) -> str:
    return "uuid()"


hashes.refuse("BINARY_CHECKSUM", "CHECKSUM", "COMPRESS", "CRYPT_GEN_RANDOM", "DECOMPRESS", "PWDCOMPARE", "PWDENCRYPT")
hashes.refuse("CHECKSUM_AGG", place=Place.AGGREGATE)

encryption = Theme("encryption and signatures")
encryption.refuse(
    *("ASYMKEYPROPERTY", "ASYMKEY_ID", "CERTENCODED", "CERTPRIVATEKEY", "CERTPROPERTY", "DECRYPTBYASYMKEY"),
    *("DECRYPTBYCERT", "DECRYPTBYKEY", "DECRYPTBYKEYAUTOASYMKEY", "DECRYPTBYKEYAUTOCERT", "DECRYPTBYPASSPHRASE"),
    *("ENCRYPTBYASYMKEY", "ENCRYPTBYCERT", "ENCRYPTBYKEY", "ENCRYPTBYPASSPHRASE", "IS_OBJECTSIGNED", "KEY_GUID"),
    *("KEY_ID", "KEY_NAME", "SIGNBYASYMKEY", "SIGNBYCERT", "SYMKEYPROPERTY", "VERIFYSIGNEDBYASYMKEY"),
    "VERIFYSIGNEDBYCERT",
)
