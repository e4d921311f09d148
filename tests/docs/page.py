"""The pages of docs/ whose code is run: fenced blocks of code, each followed by its output."""

import re
from pathlib import Path
from typing import NamedTuple

CODE = ("sh", "python")
ELLIPSIS = "…"
"""In an output: any text, lines included."""

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """Code, and the output that the page shows right behind it; both without fences."""

    heading: str
    language: str
    code: str
    output_language: str
    output: str

    @property
    def name(self) -> str:
        """A name for the report of a test."""
        return f"{self.heading} ({self.language})"


def blocks(page: Path) -> list[Block]:
    """Read all code of a page. Raises ValueError for a fence that is neither code nor an output behind code."""
    text = page.read_text(encoding="utf-8")
    found: list[Block] = []
    end_of_code = None
    for fence in FENCE.finditer(text):
        language, content = fence.groups()
        heading = re.findall(r"^#+ (.*)$", text[: fence.start()], re.MULTILINE)[-1]
        if language in CODE:
            found.append(Block(heading, language, content, "", ""))
            end_of_code = fence.end()
        elif end_of_code is not None and text[end_of_code : fence.start()].strip() == "":
            found[-1] = found[-1]._replace(output_language=language, output=content)
            end_of_code = None
        else:
            raise ValueError(f"{page.name}: the {language} block below {heading!r} follows no code")
    return found


VOLATILE = (
    r"swh_[\w-]{43}",  # a key
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+00:00)?",  # a time
    r"(?<=\t)\d{4}-\d\d-\d\d(?=\t)",  # the day a key was made
    r'(?<="duration_seconds": )[\d.]+',
    r'(?<="age_days":)\d+',
    r"(?<=api_business_date_age_days )[\d.]+",
)
"""Parts of an output that differ between runs."""


def matches(expected: str, actual: str) -> bool:
    """Whether an output equals the one on the page: … stands for any text, and volatile parts may differ."""
    pattern = re.escape(_steady(expected).strip()).replace(ELLIPSIS, ".*?")
    return re.fullmatch(pattern, _steady(actual).strip(), re.DOTALL) is not None


def _steady(output: str) -> str:
    return re.sub("|".join(VOLATILE), "<varies>", output)
