"""T-SQL's behaviour as data: the cases of ``cases/*.sql``, and the README's table of them.

``python -m tests.reference.cases`` renews the table. A file is a chapter. It is T-SQL, with comments of these forms:

    -- chapter: Dates and times       at the top
    -- source: functions/eomonth-transact-sql, return type
                                      for the cases below it: the page of learn.microsoft.com/sql/t-sql, and where on it
    SELECT EOMONTH('2024-02-10')      a case: a batch, or several with a line GO between them
    --: date                          the types of the columns, where the source gives them
    --> 2024-02-29                    what the case returns
    --! refused: EOMONTH              only where the stand-in refuses the case by this name (error 40510)
    --! known: the reason             only where the stand-in is known to differ

The lines ``-->`` are always SQL Server's. They show what a case returns, in order, without the counts of rows:

    --> 1 | NULL | 'NULL' | 0x0A      a row; text in quotes, numbers, dates and times as SQL Server shows them
    --> no rows                       an empty result
    --> next result                   between two results; a line of types does it, too
    --> message: text                 PRINT, RAISERROR up to severity 10
    --> error 245: text               an error; the text may be left out
    --> done                          nothing
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from local_sqlserver.compiler.functions.readme import with_table

FOLDER = Path(__file__).parent / "cases"
README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- cases of the reference: made by tests.reference.cases -->", "<!-- end of the cases -->"

CREATES = re.compile(r"\bCREATE\s+(?!TABLE #)|\bINTO dbo\.", re.IGNORECASE)


@dataclass
class Case:
    """A case, and the file and the line of its first batch."""

    file: str
    line: int
    chapter: str
    source: str
    batches: list[str]
    expected: list[str] = field(default_factory=list)
    """The lines of types (``: int``) and of results (``> 1``)."""
    refused: str = ""
    known: str = ""

    @property
    def creates(self) -> bool:
        """Whether the case creates objects that outlive its session. Its database is called Own."""
        return any(CREATES.search(batch) for batch in self.batches)


def read(path: Path) -> Iterator[Case]:
    """The cases of a file; raises ValueError for a case without source or result."""
    chapter = source = ""
    text: list[str] = []
    case: Case | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        kind, _, rest = line.partition(": ")
        if kind == "-- chapter":
            chapter = rest
        elif kind == "-- source":
            source = rest
        elif line.startswith(("--:", "-->")):
            if text:
                if case:
                    yield case
                batches = re.split(r"^GO$", "\n".join(text), flags=re.MULTILINE)
                case = Case(path.name, number - len(text), chapter, source, [each.strip("\n") for each in batches])
                text = []
            if not case or not chapter or not source:
                raise ValueError(f"{path.name}:{number}: no case, chapter or source")
            case.expected.append(line[2:])
        elif kind == "--! refused" and case and not text:
            case.refused = rest
        elif kind == "--! known" and case and not text:
            case.known = rest
        elif line or text:
            text.append(line)
    if case is None or text:
        raise ValueError(f"{path.name} ends with a case that expects nothing")
    yield case


def chart() -> Iterator[tuple[str, str, str]]:
    """Source, target and mark of each conversion between two types: I, E or x, as the file explains."""
    lines = [line for line in (FOLDER / "conversion_chart.txt").read_text().splitlines() if not line.startswith("#")]
    targets = lines[0].split()[3:]
    for line in lines[1:]:
        source, *marks = line.split()
        yield from ((source, target, mark) for target, mark in zip(targets, marks, strict=True) if mark != "?")


CONVERSIONS = list(chart())
CASES = [case for path in sorted(FOLDER.glob("*.sql")) for case in read(path)]


def markdown() -> str:
    """A row for each chapter."""
    lines = [
        "| chapter | cases | as SQL Server | refused by name (40510) | known to differ |",
        "|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(case.chapter for case in CASES):
        cases = [case for case in CASES if case.chapter == name]
        refused = sorted(
            {case.refused for case in cases if case.refused and "function " not in case.refused}, key=str.lower
        )
        known = Counter(case.known for case in cases if case.known)
        equal = sum(not case.known and not case.refused for case in cases)
        reasons = "; ".join(f"{reason} ({count})" if count > 1 else reason for reason, count in known.items())
        link = f"[{name}](tests/reference/cases/{cases[0].file})"
        lines.append(f"| {link} | {len(cases)} | {equal} | {', '.join(sorted(refused, key=str.lower))} | {reasons} |")
    equal = sum(not case.known and not case.refused for case in CASES)
    return "\n".join([*lines, f"| all | {len(CASES)} | {equal} | | |"])


def renewed(readme: str) -> str:
    """The text of the README with the current table between its markers; raises ValueError without them."""
    return with_table(readme, BEGIN, markdown(), END)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
