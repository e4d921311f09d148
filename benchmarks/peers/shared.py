"""What the peers of the load have in common: their command line, and the constants of the rules in Python."""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Protocol

FILES = {
    "crm_cust_info": "source_crm/cust_info.csv",
    "crm_prd_info": "source_crm/prd_info.csv",
    "crm_sales_details": "source_crm/sales_details.csv",
    "erp_cust_az12": "source_erp/CUST_AZ12.csv",
    "erp_loc_a101": "source_erp/LOC_A101.csv",
    "erp_px_cat_g1v2": "source_erp/PX_CAT_G1V2.csv",
}
"""Source table → its file in a drop."""

INVISIBLE = "".join(
    map(
        chr,
        [
            *(0x20, 0x85, 0xA0, 0xAD, 0x61C, 0x1680, 0x180E, *range(0x2000, 0x2010), *range(0x2028, 0x2030)),
            *(0x205F, 0x2060, *range(0x2066, 0x206A), 0x3000, 0xFEFF),
        ],
    )
)
"""The characters that are removed at both ends of a text."""

TWO_UNITS = "([\U00010000-\U0010ffff])"
"""A character of two UTF-16 code units, as a regular expression."""

INT_MIN, INT_MAX = -(2**31), 2**31 - 1

MARITAL_STATUS = {"S": "Single", "M": "Married"}
CRM_GENDER = {"F": "Female", "M": "Male"}
ERP_GENDER = {**CRM_GENDER, "FEMALE": "Female", "MALE": "Male"}
PRODUCT_LINE = {"M": "Mountain", "R": "Road", "S": "Other Sales", "T": "Touring"}
COUNTRY = {
    "DE": "Germany",
    "GERMANY": "Germany",
    "US": "United States",
    "USA": "United States",
    "UNITED STATES": "United States",
    "N/A": "n/a",
}

UNKNOWN_CUSTOMER = {
    "customer_key": 0,
    **dict.fromkeys(("customer_number", "first_name", "last_name", "country", "marital_status", "gender"), "n/a"),
    "in_source": 0,
}
UNKNOWN_PRODUCT = {
    "product_key": 0,
    **dict.fromkeys(("product_number", "product_name", "product_line"), "n/a"),
    "in_source": 0,
}


class Load(Protocol):
    """A peer: a generator that yields the name of each stage when it has ended."""

    def __call__(self, drop: Path, out: Path, as_of: date) -> Iterator[str]:
        """Load a drop into an empty folder."""


def main(load: Load) -> None:
    """Run a peer; print a line of JSON: the seconds of each stage, and the most memory that the process has held."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--drop", type=Path, required=True, help="the folder of the files")
    parser.add_argument("--out", type=Path, required=True, help="an empty folder")
    parser.add_argument("--as-of", type=date.fromisoformat, required=True, help="the business date")
    options = parser.parse_args()
    seconds: dict[str, float] = {}
    begin = time.perf_counter()
    for stage in load(options.drop, options.out, options.as_of):
        end = time.perf_counter()
        seconds[stage] = seconds.get(stage, 0) + end - begin
        begin = end
    print(json.dumps({"seconds": seconds, "peak_mib": peak_mib("self")}))


def peak_mib(process: str) -> float:
    """Return the most memory that a process has held. (getrusage would include what its parent held at the start.)"""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def capitals(text: str) -> str:
    """Text in capitals letter by letter: a letter that is not the small one of its capital (ß, ı, ſ) stays."""
    return "".join(map(_capital, text))


def _capital(letter: str) -> str:
    capital = letter.upper() if len(letter.upper()) == 1 else letter.title()  # ᾳ has its one capital as title case
    return capital if capital.lower() == letter or letter == "ς" else letter


def spellings(counts: dict[Any, int]) -> dict[str, str]:
    """Give each text the one spelling of all that differ from it in case: that of most rows, or the first of them."""
    chosen: dict[str, str] = {}
    for text in sorted(counts, key=lambda text: (-counts[text], text)):
        chosen.setdefault(capitals(text), text)
    return {text: chosen[capitals(text)] for text in counts}


def code_units(text: str) -> bytes:
    """Return the bytes by which product numbers are sorted."""
    return text.encode("utf-16-be")
