from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from stack.console import Progress
from stack.dotenv import SECRETS
from stack.drops import DropError
from stack.load import generate_next_day, readable, reason_to_keep
from stack.published import Published
from stack.services import Stack
from stack.settings import COMMITTED, Settings

DAY = date(2026, 2, 1)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (json.dumps({"level": "info", "event": "Rows: 5"}), "INFO Rows: 5"),
        (
            json.dumps(
                {
                    "level": "error",
                    "event": "Task failed",
                    "error_detail": [{"exc_type": "StagingError", "exc_value": "line 3: 2 columns"}],
                }
            ),
            "ERROR Task failed StagingError: line 3: 2 columns",
        ),
        ("Traceback (most recent call last):", "Traceback (most recent call last):"),
        ('{"other": 1}', '{"other": 1}'),
        ("[1]", "[1]"),
    ],
)
def test_a_line_of_a_task_log_is_shown_as_text(line: str, text: str) -> None:
    assert readable(line) == text


@pytest.mark.parametrize(
    ("published", "drop", "chosen", "reason"),
    [
        ((date(2026, 1, 31), "/srv/drops/own"), COMMITTED, False, None),
        ((date(2026, 2, 2), str(COMMITTED)), COMMITTED, False, "2026-02-02 is published, a later day"),
        ((DAY, str(COMMITTED)), COMMITTED, False, None),
        ((DAY, "/srv/drops/own"), COMMITTED, False, "loaded from /srv/drops/own and not from"),
        ((DAY, None), COMMITTED, False, "loaded from a landing folder, by hand and not from"),
        ((DAY, str(COMMITTED)), Path("/srv/drops/own"), True, None),
        ((DAY, "/srv/drops/own"), Path("/srv/drops/own"), True, "its source folder no longer exists"),
    ],
)
def test_make_up_keeps_a_published_day_that_the_default_drop_was_not_loaded_for(
    published: tuple[date, str | None], drop: Path, chosen: bool, reason: str | None
) -> None:
    kept = reason_to_keep(Published(1, *published), drop, DAY, chosen=chosen)

    assert reason in kept if kept and reason else kept is reason


def test_next_day_adds_no_drop_to_those_of_the_schedule(tmp_path: Path) -> None:
    values = {**dict.fromkeys(SECRETS, "secret"), "WAREHOUSE_STATE_DIR": str(tmp_path), "WAREHOUSE_SCHEDULE": "@daily"}

    with pytest.raises(DropError, match="holds the drops that WAREHOUSE_SCHEDULE loads"):
        generate_next_day(Stack(Settings.resolve(values, {})), Progress())
