"""Keys of texts: the form in Python, which statements use, equals the form in SQL, which indexes use."""

from __future__ import annotations

import itertools
import random

import duckdb

from local_sqlserver.collation import DATABASE
from local_sqlserver.compiler import folding, macros

PARTS = [
    "s",
    "S",
    "ss",
    "ß",
    "ẞ",
    "a",
    "e",
    "æ",
    "Ǽ",
    "f",
    "ﬁ",
    "fi",
    "ﬃ",
    "2",
    "²",
    "é",
    "e\u0301",
    "\u200b",
    "o",
    " ",
]
SURROGATES = range(0xD800, 0xE000)


def texts() -> list[str]:
    every_character = (chr(code) for code in range(1, 0x110000) if code not in SURROGATES)
    joined = ("".join(parts) for count in range(4) for parts in itertools.product(PARTS[:12], repeat=count))
    random.seed(1)
    mixed = ("".join(random.choices([*PARTS, "\u0307", "Σ", "ϒ", "가", "ᄀ", "ᅡ"], k=6)) for _ in range(5000))
    return [*every_character, *joined, *mixed]


def test_statements_and_indexes_have_the_same_keys() -> None:
    connection = duckdb.connect()
    macros.install(connection)
    query = f"""
        SELECT hex(t) FROM (SELECT unnest($texts) AS t)
        WHERE ({folding.key("t", DATABASE)}) <> ({folding.index_key("t", DATABASE)})"""
    assert connection.execute(query, {"texts": texts()}).fetchall() == []
