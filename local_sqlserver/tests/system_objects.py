"""The README's table of the supported system views and procedures: ``python -m tests.system_objects`` renews it."""

from __future__ import annotations

from pathlib import Path

from local_sqlserver.catalog import system_views
from local_sqlserver.compiler.functions.readme import with_table
from local_sqlserver.engine import system_procedures

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- system objects: made by tests.system_objects -->", "<!-- end of system objects -->"


def markdown() -> str:
    """A row for each kind: the names of its views or procedures."""
    views = system_views.supported()
    kinds = {
        "sys": [view.name for view in views if view.schema == "sys" and not view.compatibility],
        "INFORMATION_SCHEMA": [view.name for view in views if view.schema != "sys"],
        "compatibility views": [view.name for view in views if view.compatibility],
        "procedures": list(system_procedures.NAMES),
    }
    rows = [f"| {kind} | {', '.join(sorted(names))} |" for kind, names in kinds.items()]
    return "\n".join(["| supported | |", "|---|---|", *rows])


def renewed(readme: str) -> str:
    """The text of the README with the table of now between its markers; raises ValueError without them."""
    return with_table(readme, BEGIN, markdown(), END)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
