from __future__ import annotations

import json

import pytest

from stack.load import readable


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
