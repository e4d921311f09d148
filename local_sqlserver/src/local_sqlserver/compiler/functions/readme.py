"""The README's table of functions: ``python -m local_sqlserver.compiler.functions.readme README.md`` renews it."""

from __future__ import annotations

import sys
from pathlib import Path

from local_sqlserver.compiler.functions import REGISTRY

BEGIN, END = "<!-- functions: made by local_sqlserver.compiler.functions.readme -->", "<!-- end of functions -->"


def markdown() -> str:
    """One row per theme: its supported functions and its refused ones."""
    lines = ["| functions of | supported | refused by name (40510) |", "|---|---|---|"]
    for theme in sorted({function.theme for function in REGISTRY.values()}, key=str.lower):
        known, refused = (
            ", ".join(
                sorted(each.name for each in REGISTRY.values() if each.theme == theme and each.refused is is_refused)
            )
            for is_refused in (False, True)
        )
        lines.append(f"| {theme} | {known} | {refused} |")
    return "\n".join(lines)


def renewed(readme: str) -> str:
    """The text of a README with the current table between its markers; raises ValueError without markers."""
    return with_table(readme, BEGIN, markdown(), END)


def with_table(readme: str, begin: str, table: str, end: str) -> str:
    """The text of a README with a table between two markers; raises ValueError without them."""
    before, found_begin, rest = readme.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(f"there is no table between {begin} and {end}")
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
