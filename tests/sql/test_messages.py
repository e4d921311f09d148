"""A percent sign in a foreign text arrives in an error unchanged, because it is doubled for THROW."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.days import handmade
from tests.days.successive import DAYS
from tests.sql.steps import open_batch, refusal
from tests.warehouse import Warehouse
from warehouse.deploy import SQL_DIR
from warehouse.staging import stage

FOREIGN = ("@run_id", "@landing_dir", "@source_dir", "@path", "@reason", "@accepted_by", "@note", "ERROR_MESSAGE()")
"""Variables with foreign text."""
DOUBLED = re.compile(r"REPLACE\((?:@\w+|LEFT\(ERROR_MESSAGE\(\), \d+\)) COLLATE Latin1_General_100_BIN2, N'%', N'%%'\)")
"""By code point, because other collations do not find a sign with a combining accent."""
MADE = re.compile(r"SET @message = CONCAT\((?:(?!THROW \d).)*?THROW \d+, @message, 1;", re.DOTALL)


def messages() -> list[tuple[str, str]]:
    """The statements that make each message, from CONCAT to THROW, with the name of the file."""
    found = []
    for file in sorted(SQL_DIR.rglob("*.sql")):
        found += [(file.name, made) for made in MADE.findall(file.read_text(encoding="utf-8"))]
    return found


def test_every_message_that_is_thrown_has_its_percent_signs_doubled() -> None:
    thrown = sum(file.read_text(encoding="utf-8").count(", @message, 1;") for file in SQL_DIR.rglob("*.sql"))
    assert thrown > 30
    assert len(messages()) == thrown
    for name, made in messages():
        if "SET @message = REPLACE(@message COLLATE Latin1_General_100_BIN2, N'%', N'%%');" in made:
            continue
        rest = DOUBLED.sub("", made)
        assert "%" not in rest, f"{name}: {made}"
        # A parameter may be named in a literal.
        outside = re.sub(r"N'(?:[^']|'')*'", "", rest)
        assert [text for text in FOREIGN if text in outside] == [], f"{name}: {made}"


@pytest.mark.parametrize("name", ["50 % off", "%d of %s", "100%%", "%"])
def test_a_folder_with_percent_signs_is_named_as_it_is(emptied: Warehouse, name: str) -> None:
    folder = emptied.server.landing / name
    landing = f"{emptied.server.landing_at_server}/{name}"
    open_batch(emptied, "percent", handmade.BUSINESS_DATE)
    assert refusal(emptied, "EXEC etl.register_landing 1, ?", f"{landing} gone").message.startswith(
        f"{landing} gone/checksums.txt cannot be loaded. Error 4860: "
    )
    stage(handmade.HANDMADE_DAY, folder)
    emptied.execute("EXEC etl.register_landing 1, ?", landing)
    copy = folder / "source_crm" / "prd_info.txt"
    copy.write_bytes(copy.read_bytes()[:-2])
    error = refusal(emptied, "EXEC bronze.load_table 1, N'crm_prd_info'")
    assert error.message.startswith(f"{landing}/source_crm/prd_info.txt is not what staging wrote: ")
    (step,) = emptied.execute("SELECT error_message FROM gold.load_steps WHERE step_name = N'bronze.load_crm_prd_info'")
    assert step["error_message"] == error.message
    copy.write_bytes(b"")
    assert refusal(emptied, "EXEC bronze.load_table 1, N'crm_prd_info'").number == 50009


def test_a_failed_withdrawal_names_folders_with_percent_signs_as_they_are(
    emptied: Warehouse, drops: list[Path]
) -> None:

    for drop, day in zip(drops[:2], DAYS[:2], strict=True):
        emptied.load(drop, day.business_date)
    emptied.execute("UPDATE etl.batch SET landing_dir = N'/gone/5 %d', source_dir = N'/drops/%s' WHERE batch_id = 1")
    error = refusal(emptied, "EXEC etl.withdraw_batch 2, N'100 % wrong'")
    assert error.number == 50016
    assert "Error 50009: /gone/5 %d/checksums.txt cannot be loaded." in error.message
    assert error.message.endswith("from /drops/%s into /gone/5 %d, then withdraw.")
