"""What the tests reached, by folder: `make coverage` runs this over the data of all its processes."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Combine the data files, and print lines, branches and the share of them that ran, for each folder."""
    coverage = Coverage(config_file=str(ROOT / "pyproject.toml"))
    coverage.combine(strict=True)
    with tempfile.TemporaryDirectory() as folder:
        coverage.json_report(outfile=f"{folder}/report.json")
        files = json.loads(Path(folder, "report.json").read_text(encoding="utf-8"))["files"]
    of_folder: dict[str, Counter[str]] = {}
    for name, file in sorted(files.items()):
        parent = str(Path(name).parent.relative_to(ROOT) if Path(name).is_absolute() else Path(name).parent)
        for group in (parent, "total"):
            of_folder.setdefault(group, Counter()).update(
                {key: value for key, value in file["summary"].items() if isinstance(value, int)}
            )
    for group, counts in sorted(of_folder.items(), key=lambda item: (item[0] == "total", item[0])):
        lines, branches = counts["num_statements"], counts["num_branches"]
        reached = (counts["covered_lines"] + counts["covered_branches"]) / max(lines + branches, 1)
        print(f"{group:50} {lines:6} statements {branches:6} branches {reached:7.1%}")


if __name__ == "__main__":
    main()
