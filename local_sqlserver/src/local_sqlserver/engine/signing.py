"""Module signing: certificates, their users, and the procedures that they sign.

A signed procedure has the permissions of the certificate's user in addition to those of its caller. There is no
cryptography: a certificate is its thumbprint and the password of its private key.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from dataclasses import replace

from local_sqlserver.catalog.accounts import password_hash
from local_sqlserver.catalog.objects import Catalog, CatalogObject, CertificateInfo
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.engine import catalog_changes
from local_sqlserver.engine.events import Done, Event
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.principals import Principals
from local_sqlserver.engine.state import Frame
from local_sqlserver.engine.work import Work
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language import syntax

_FIRST_ID = 256


class Signing:
    """Runs statements about certificates and signatures for one session."""

    def __init__(self, view: CatalogView, work: Work, permissions: Permissions, principals: Principals) -> None:
        self._view = view
        self._work = work
        self._permissions = permissions
        self._principals = principals

    def certificate(self, statement: syntax.Certificate, frame: Frame) -> Iterator[Event]:
        """CREATE, ALTER and DROP CERTIFICATE. Raises SqlError 15151, 15232, 15352, 15559."""
        self._permissions.check_definition(f"{statement.action} CERTIFICATE")
        catalog = self._view.catalog(frame.database).copy()
        key = statement.name.lower()
        present = catalog.certificates.get(key)
        if statement.action == "CREATE":
            if present is not None:
                raise sql_error(15232, statement.name)
            number = max((item.id for item in catalog.certificates.values()), default=_FIRST_ID - 1) + 1
            salt = secrets.token_bytes(16)
            catalog.certificates[key] = CertificateInfo(
                *(number, statement.name, statement.subject, secrets.token_bytes(20)),
                *(salt, password_hash(statement.password, salt)),
            )
        elif present is None:
            raise sql_error(15151, "find", "certificate", statement.name)
        elif statement.action == "ALTER":
            catalog.certificates[key] = replace(present, salt=b"", hash=b"")
        else:
            _check_unused(catalog, present)
            del catalog.certificates[key]
        self._principals.store(frame.database, catalog)
        yield Done(in_procedure=frame.in_procedure)

    def signature(self, statement: syntax.Signature, frame: Frame) -> Iterator[Event]:
        """ADD and DROP SIGNATURE. Raises SqlError 15151, 15466 for a wrong password, 15563 without a private key."""
        self._permissions.check_definition(f"{statement.action} SIGNATURE")
        catalog = self._view.catalog(frame.database)
        found = catalog.certificates.get(statement.certificate.lower())
        if found is None:
            raise sql_error(15151, "find", "certificate", statement.certificate)
        schema, name = (statement.module[-2] if len(statement.module) > 1 else frame.schema), statement.module[-1]
        item = catalog.find(schema, name)
        if item is None:
            raise sql_error(15151, "find", "object", name)
        if item.type != "P":
            raise sql_error(15560, name)
        if statement.action == "ADD":
            if found.thumbprint in item.signatures:
                raise unsupported(f"A second signature of {name} by the same certificate", statement.line)
            if not found.hash:
                raise sql_error(15563, "certificate")
            if not hmac.compare_digest(password_hash(statement.password, found.salt), found.hash):
                raise sql_error(15466)
            signatures = item.signatures | {found.thumbprint}
        else:
            signatures = item.signatures - {found.thumbprint}
        yield from self._work.begin_implicitly(frame)
        with self._work.writing():
            catalog_changes.put(
                self._view, self._work.transactions, frame.database, replace(item, signatures=signatures), new=False
            )
        yield Done(in_procedure=frame.in_procedure)


def _check_unused(catalog: Catalog, present: CertificateInfo) -> None:
    if any(item.type == "C" and item.login == present.name for item in catalog.principals.values()):
        raise sql_error(15559, "certificate", present.name, "user")
    if any(present.thumbprint in item.signatures for item in catalog.objects.values()):
        raise sql_error(15352, "certificate")


def signers(catalog: Catalog, item: CatalogObject) -> frozenset[str]:
    """Return the users of the certificates that signed a procedure, in lower case."""
    if not item.signatures:
        return frozenset()
    names = {found.name for found in catalog.certificates.values() if found.thumbprint in item.signatures}
    return frozenset(key for key, user in catalog.principals.items() if user.type == "C" and user.login in names)
