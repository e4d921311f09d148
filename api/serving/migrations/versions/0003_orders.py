"""Numbers and an index for order lines, so that orders and their lines can be listed page by page.

Order numbers are compared by code points, as lists are sorted.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

UPGRADE = """
ALTER TABLE serving.sales
    ALTER COLUMN order_number TYPE text COLLATE "C",
    ADD COLUMN line_id bigint GENERATED ALWAYS AS IDENTITY;
CREATE INDEX ix_sales_run_id_order_number_product_key_line_id
    ON serving.sales (run_id, order_number, product_key, line_id);
"""

DOWNGRADE = """
DROP INDEX serving.ix_sales_run_id_order_number_product_key_line_id;
ALTER TABLE serving.sales DROP COLUMN line_id, ALTER COLUMN order_number TYPE text COLLATE "default";
"""


def upgrade() -> None:
    """Number the order lines."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Remove the numbers."""
    op.execute(DOWNGRADE)
