"""${message}."""

from alembic import op

revision = "${up_revision}"
down_revision = "${down_revision}"


def upgrade() -> None:
    """Say what it does."""


def downgrade() -> None:
    """Undo it."""
