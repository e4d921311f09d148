import pytest

from local_sqlserver.errors import SqlError
from local_sqlserver.language.tokens import tokenize


def texts(text: str) -> list[str]:
    return [token.text for token in tokenize(text)[:-1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a/* x /* y */ z */b", ["a", "b"]),
        ("a -- GO\nb", ["a", "b"]),
        ("N'it''s' '--no'", ["N'it''s'", "'--no'"]),
        ('[a]]b] "c""d"', ["[a]]b]", '"c""d"']),
        ("@x+=1.5e3", ["@x", "+=", "1.5e3"]),
        ("#t ##g t#1 $action", ["#t", "##g", "t#1", "$action"]),
        ("0xAB 0x .5 7.", ["0xAB", "0x", ".5", "7."]),
        ("Größe", ["Größe"]),
        ("dbo..t", ["dbo", ".", ".", "t"]),
    ],
)
def test_text_is_cut_into_tokens(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_tokens_have_their_line() -> None:
    tokens = tokenize("a\n/* \n\n */ b 'x\ny' c")
    assert [(token.text, token.line) for token in tokens[:-1]] == [
        ("a", 1),
        ("b", 4),
        ("'x\ny'", 4),
        ("c", 5),
    ]


@pytest.mark.parametrize(
    ("text", "number", "line"), [("\n'open", 105, 2), ("\n\n/* open", 113, 3), ("a \\` b", 102, 1)]
)
def test_an_unclosed_string_or_comment_is_an_error_with_its_line(text: str, number: int, line: int) -> None:
    with pytest.raises(SqlError) as caught:
        tokenize(text)
    assert (caught.value.number, caught.value.line) == (number, line)
