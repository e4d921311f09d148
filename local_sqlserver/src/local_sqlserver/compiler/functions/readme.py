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
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"there is no table between {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{markdown()}\n\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
