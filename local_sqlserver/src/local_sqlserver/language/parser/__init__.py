"""The parser of T-SQL: a batch is read once, whole, before anything of it runs.

Recursive descent in parts, each a class that knows more than the one before: ``expressions``, ``queries``,
``changes`` (INSERT … MERGE), ``definitions`` (tables, views, indexes), ``batches`` (control of flow, variables, EXEC).
``administration`` and ``options`` hold the statements about principals, databases, files and SET. All raise SqlError
with the number and the line that SQL Server gives.
"""

from __future__ import annotations

from functools import lru_cache

from local_sqlserver.language import syntax
from local_sqlserver.language.cursor import TokenCursor
from local_sqlserver.language.parser.batches import BatchParser
from local_sqlserver.language.tokens import END, tokenize

_LONGEST_KEPT = 100_000
"""Characters of a batch whose tree is kept for its next run: a program that sends its rows as text sends them once."""


def parse_batch(
    text: str, parameters: tuple[syntax.ProcedureParameter, ...] = (), *, undeclared: bool = False
) -> syntax.Batch:
    """Return the tree of a batch in which ``parameters`` are declared; the same text gives the same tree.

    With ``undeclared``, the batch may use variables that nothing declares.
    """
    parse = _parse_batch if len(text) <= _LONGEST_KEPT else _parse_batch.__wrapped__
    return parse(text, parameters, undeclared)


@lru_cache(maxsize=2000)
def _parse_batch(text: str, parameters: tuple[syntax.ProcedureParameter, ...], undeclared: bool) -> syntax.Batch:
    parser = BatchParser(text, undeclared=undeclared)
    for parameter in parameters:
        parser.declare(parameter.name, 1, parameter.type)
    return parser.batch()


def parse_parameters(text: str) -> tuple[syntax.ProcedureParameter, ...]:
    """Return the parameter list of sp_executesql and sp_prepare: ``@a INT, @b NVARCHAR(10) OUTPUT``."""
    parser = BatchParser(text)
    if parser.token.kind == END:
        return ()
    parameters = parser.parameter_list()
    if parser.token.kind != END:
        raise parser.error()
    return parameters


@lru_cache(maxsize=2000)
def parse_expression(text: str) -> syntax.Expression:
    """Return the tree of a value or condition that the catalog keeps as text (DEFAULT, CHECK …)."""
    parser = BatchParser(text)
    expression = parser.either()
    if parser.token.kind != END:
        raise parser.error()
    return expression


def parse_name(text: str) -> syntax.Name:
    """Return the parts of a multi-part name as written in a string, outermost first."""
    return TokenCursor(text, tokenize(text)).name()
