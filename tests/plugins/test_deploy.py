import pytest

from warehouse.deploy import SQL_DIR, Batch, split_batches

SCRIPTS = {
    "no GO": ("SELECT 1", [("SELECT 1", 1)]),
    "GO between and at the end": ("A\nGO\nB\nGO\n", [("A", 1), ("B", 3)]),
    "any case, blanks around, CRLF": ("A\r\n  go \t\r\nB\r\n", [("A", 1), ("B", 3)]),
    "GO at the end without a line end": ("A\nGO", [("A", 1)]),
    "GO first and GO twice": ("GO\nGO\n\n\nA\nGO\nGO", [("A", 5)]),
    "GO as part of a line": ("GOTO x\nGO_ON\nSELECT GO\nGO1", [("GOTO x\nGO_ON\nSELECT GO\nGO1", 1)]),
    "GO in a string": ("PRINT '\nGO\n'\nGO\nB", [("PRINT '\nGO\n'", 1), ("B", 5)]),
    "GO in a string with a doubled quote": (
        "PRINT 'it''s\nGO\n'\nGO\nB",
        [("PRINT 'it''s\nGO\n'", 1), ("B", 5)],
    ),
    "GO in a quoted name": ('SELECT "\nGO\n", [\nGO\n]]\nGO\n]', [('SELECT "\nGO\n", [\nGO\n]]\nGO\n]', 1)]),
    "GO in a block comment": ("/*\nGO\n*/ A\nGO\nB", [("/*\nGO\n*/ A", 1), ("B", 5)]),
    "GO in a nested comment": ("/* /* */\nGO\n*/ A\nGO\nB", [("/* /* */\nGO\n*/ A", 1), ("B", 5)]),
    "a quote in a line comment": ("-- it's\nGO\nB", [("-- it's", 1), ("B", 3)]),
    "a quote in a block comment": ("/* it's */\nGO\nB", [("/* it's */", 1), ("B", 3)]),
    "comment marks in a string": ("PRINT '/* --'\nGO\nB", [("PRINT '/* --'", 1), ("B", 3)]),
    "a string that is left open": ("PRINT 'x\nGO\n", [("PRINT 'x\nGO", 1)]),
    "nothing": (" \n\n", []),
}


@pytest.mark.parametrize(("script", "expected"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_is_split_at_its_go_lines_only(script: str, expected: list[tuple[str, int]]) -> None:
    assert split_batches(script) == [Batch(*batch) for batch in expected]


def test_the_projects_own_scripts_keep_every_line() -> None:
    files = sorted(SQL_DIR.rglob("*.sql"))
    assert files, f"no scripts under {SQL_DIR}"
    for file in files:
        script = file.read_text(encoding="utf-8")
        kept = "\n".join(batch.sql for batch in split_batches(script))
        wanted = [line.strip() for line in script.splitlines() if line.strip() not in ("", "GO")]
        assert [line.strip() for line in kept.splitlines() if line.strip()] == wanted, file.name
