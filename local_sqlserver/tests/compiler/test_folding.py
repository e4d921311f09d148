"""Keys of texts: the shorter key, which comparisons with constants use, finds the same equal texts as the whole key."""

from __future__ import annotations

import itertools
import random

import duckdb
import pytest

from local_sqlserver import collation
from local_sqlserver.compiler import folding

PARTS = ["s", "S", "ss", "ß", "ẞ", "a", "e", "æ", "Ǽ", "f", "ﬁ", "fi", "ﬃ", "2", "²", "é", "é", "\u200b", "o", " "]
CONSTANTS = ("", "s", "ss", "S2", "ae", "fe", "fi", "FF", "failed", "ok", "th", "oe ", "e", "2s", "sas")


@pytest.mark.parametrize(
    "name", ["Latin1_General_100_CI_AS_KS_WS_SC", "Latin1_General_100_CS_AS", "Latin1_General_CI_AI"]
)
def test_a_text_without_expandable_letters_is_found_by_the_shorter_key(name: str) -> None:
    chosen = collation.find(name)
    random.seed(1)
    texts = ["".join(parts) for count in range(3) for parts in itertools.product(PARTS[:12], repeat=count)]
    texts += ["".join(random.choices(PARTS, k=random.randint(1, 6))) for _ in range(2000)] + list(CONSTANTS)
    short = [constant for constant in CONSTANTS if not folding.expandable(constant)]
    query = f"""
        SELECT c.t, v.t FROM (SELECT unnest($constants) AS t) AS c, (SELECT unnest($texts) AS t) AS v
        WHERE ({folding.key("v.t", chosen)} = {folding.key("c.t", chosen)})
            <> ({folding.key("v.t", chosen, expand=False)} = {folding.key("c.t", chosen, expand=False)})"""
    assert duckdb.execute(query, {"constants": short, "texts": texts}).fetchall() == []
    assert {"ss", "ae", "fi", "FF", "th", "oe "}.isdisjoint(short)
    assert len(short) == 9
