"""Products that users create, change and delete, stored in the schema ``overlay``. No sync writes to it.

Writes are serialized: each transaction locks the single row of ``overlay.revision`` first. So the state compared with
If-Match is still current at the commit.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple, cast

import orjson
from sqlalchemy import Column, Connection, MetaData, Table, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from api.errors import NotSyncedError, Problem
from api.http.responses import content_state, require_match
from api.resources.listing import current_run, run_id
from api.resources.schemas import PRODUCT_FIELDS, USER_FIELDS
from api.serving import database
from api.serving.models import FIRST_USER_KEY, SERVING, IdempotencyKey, Product, ProductOverlay, Revision, table

SERVED_PRODUCTS = Table(
    "served_products",
    MetaData(schema=SERVING),
    *(Column(column.name, column.type, nullable=column.nullable) for column in table(Product).columns),
    Column("origin", Product.product_number.type, nullable=False),
)
"""The view of products with the overlay applied (see the migrations)."""

KEPT_FOR = "24 hours"
"""How long the response to a POST with an Idempotency-Key is kept."""


class UnknownProductError(Problem):
    """No product has the surrogate key."""

    status = 404
    name = "unknown-product"
    title = "The product does not exist"


class NoOverlayError(Problem):
    """The product has no overlay: users have not changed it, or it does not exist."""

    status = 404
    name = "no-overlay"
    title = "The product has no overlay"


class OwnProductError(Problem):
    """The overlay of a product created through the API cannot be removed, because the warehouse lacks the product."""

    status = 409
    name = "own-product"
    title = "The product was created through the API"


class ReusedIdempotencyKeyError(Problem):
    """The Idempotency-Key was sent before with another body."""

    status = 422
    name = "reused-idempotency-key"
    title = "The Idempotency-Key was used for another request"


class ProductRow(NamedTuple):
    """A product as it is served: the values of PRODUCT_FIELDS, and their business date."""

    values: tuple[Any, ...]
    business_date: date

    @property
    def state(self) -> str:
        """The state in its ETag, which changes if and only if the product changes."""
        return content_state(self.values)


def _product_statement() -> str:
    run = current_run()
    fields = [SERVED_PRODUCTS.c[name] for name in PRODUCT_FIELDS]
    same_key = (SERVED_PRODUCTS.c.run_id == run_id()) & (SERVED_PRODUCTS.c.product_key == bindparam("product_key"))
    return database.sql_text(select(run.c.business_date, *fields).select_from(run.outerjoin(SERVED_PRODUCTS, same_key)))


FIND_PRODUCT = _product_statement()
KEY_PLACE = 1 + PRODUCT_FIELDS.index("product_key")


def find_product(product_key: int, connection: Connection | None = None) -> ProductRow:
    """Return a product as it is served. Raises UnknownProductError or NotSyncedError."""
    rows = _rows(FIND_PRODUCT, {"product_key": product_key}, connection)
    if not rows:
        raise NotSyncedError
    if rows[0][KEY_PLACE] is None:
        raise UnknownProductError(f"No product has the key {product_key}; GET /api/products lists all products.")
    return ProductRow(tuple(rows[0][1:]), rows[0][0])


def _rows(sql: str, parameters: Mapping[str, Any], connection: Connection | None) -> Sequence[tuple[Any, ...]]:
    """Run a statement in the transaction of a write, or as a read without a connection."""
    if connection is None:
        return database.read(sql, parameters)
    return cast("Sequence[tuple[Any, ...]]", connection.exec_driver_sql(sql, dict(parameters)).fetchall())


@contextmanager
def _writing() -> Iterator[Connection]:
    """Open a transaction for a write to the overlay; it waits for other writes to end."""
    with database.transaction() as connection:
        connection.execute(update(Revision).values(number=Revision.number + 1))
        yield connection


def create(product: Mapping[str, Any], caller: int, idempotency_key: str | None) -> tuple[ProductRow, bool]:
    """Create a product; returns it, and whether an earlier request with the same key created it.

    Raises ReusedIdempotencyKeyError or NotSyncedError.
    """
    request_hash = hashlib.sha256(orjson.dumps(product, option=orjson.OPT_SORT_KEYS)).digest()
    with _writing() as connection:
        if idempotency_key is not None:
            answer = _earlier_answer(connection, caller, idempotency_key, request_hash)
            if answer is not None:
                connection.rollback()  # without a write, the revision must not change
                return answer, True
        product_key = connection.scalar(text("SELECT nextval('overlay.product_key_seq')"))
        row = {"product_key": product_key, "changes": _plain(product), "changed_by": caller}
        connection.execute(insert(ProductOverlay).values(row))
        created = find_product(cast(int, product_key), connection)
        if idempotency_key is not None:
            answer_now = {
                "values": json.loads(orjson.dumps(created.values)),
                "business_date": str(created.business_date),
            }
            kept = {"caller": caller, "key": idempotency_key, "request_hash": request_hash, "answer": answer_now}
            connection.execute(insert(IdempotencyKey).values(kept))
        return created, False


def _earlier_answer(connection: Connection, caller: int, key: str, request_hash: bytes) -> ProductRow | None:
    old = IdempotencyKey.created_at < func.clock_timestamp() - text(f"interval '{KEPT_FOR}'")
    connection.execute(delete(IdempotencyKey).where(old))
    stored = select(IdempotencyKey.request_hash, IdempotencyKey.answer)
    kept = connection.execute(stored.where(IdempotencyKey.caller == caller, IdempotencyKey.key == key)).one_or_none()
    if kept is None:
        return None
    if bytes(kept.request_hash) != request_hash:
        raise ReusedIdempotencyKeyError(
            "Send a new Idempotency-Key for each product; repeat a key only with the same body.",
            errors=[{"detail": "Idempotency-Key: sent before with another body.", "header": "Idempotency-Key"}],
        )
    return ProductRow(tuple(kept.answer["values"]), date.fromisoformat(kept.answer["business_date"]))


def change(product_key: int, changes: Mapping[str, Any], caller: int) -> ProductRow:
    """Set some fields of a product and keep the others; returns the changed product.

    Raises UnknownProductError, NotSyncedError, PreconditionRequiredError or PreconditionFailedError.
    """
    with _writing() as connection:
        require_match(find_product(product_key, connection).state)
        _upsert_overlay(connection, product_key, caller, changes=_plain(changes))
        return find_product(product_key, connection)


def remove(product_key: int, caller: int) -> None:
    """Delete a product created through the API, or hide a product of the warehouse.

    Raises as ``change`` does.
    """
    with _writing() as connection:
        require_match(find_product(product_key, connection).state)
        if product_key >= FIRST_USER_KEY:
            connection.execute(delete(ProductOverlay).where(ProductOverlay.product_key == product_key))
        else:
            _upsert_overlay(connection, product_key, caller, changes={}, deleted=True)


def _upsert_overlay(
    connection: Connection, product_key: int, caller: int, *, changes: dict[str, Any], deleted: bool = False
) -> None:
    row = {"product_key": product_key, "changes": changes, "deleted": deleted, "changed_by": caller}
    statement = upsert(ProductOverlay).values(row)
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[ProductOverlay.product_key],
            set_={
                "changes": ProductOverlay.changes.concat(new.changes),
                "deleted": new.deleted,
                "changed_by": new.changed_by,
                "changed_at": func.clock_timestamp(),
            },
        )
    )


OVERLAY_NAMES = ("product_key", "deleted", "changes", "changed_at")
FIND_OVERLAY = database.sql_text(
    select(*(table(ProductOverlay).c[name] for name in OVERLAY_NAMES)).where(
        ProductOverlay.product_key == bindparam("product_key")
    )
)


def find_overlay(product_key: int, connection: Connection | None = None) -> dict[str, Any]:
    """Return the overlay of a product by column name. Raises NoOverlayError."""
    rows = _rows(FIND_OVERLAY, {"product_key": product_key}, connection)
    if not rows:
        raise NoOverlayError(f"Users have not changed a product with the key {product_key}.")
    return dict(zip(OVERLAY_NAMES, rows[0], strict=True))


def remove_overlay(product_key: int) -> ProductRow:
    """Remove the changes by users to a product of the warehouse, including a deletion; returns the product.

    Raises NoOverlayError, OwnProductError, PreconditionRequiredError or PreconditionFailedError.
    """
    with _writing() as connection:
        require_match(content_state(find_overlay(product_key, connection)))
        if product_key >= FIRST_USER_KEY:
            raise OwnProductError(
                f"The warehouse has no values for the product; DELETE /api/products/{product_key} deletes it."
            )
        connection.execute(delete(ProductOverlay).where(ProductOverlay.product_key == product_key))
        return find_product(product_key, connection)


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the values of fields to JSON types, in the order of the schema."""
    plain: dict[str, Any] = json.loads(orjson.dumps({name: fields[name] for name in USER_FIELDS if name in fields}))
    return plain
