"""The parser of T-SQL. It parses a batch once, whole, before any of it runs.

It descends recursively, in classes that each extend the one before: ``expressions``, ``queries``, ``changes``
(INSERT … MERGE), ``definitions`` (tables, views, indexes), ``batches`` (control of flow, variables, EXEC).
``administration`` and ``options`` have the statements about principals, databases, files and SET. All raise SqlError
with SQL Server's number and line.
"""

from __future__ import annotations

from functools import lru_cache

from local_sqlserver.language import syntax
from local_sqlserver.language.cursor import TokenCursor
from local_sqlserver.language.parser.batches import BatchParser
from local_sqlserver.language.tokens import END, tokenize
from local_sqlserver.types import UserType

_LONGEST_KEPT = 100_000
"""The longest batch, in characters, whose tree is cached: longer text is mostly data, which a client sends once."""


def parse_batch(
    text: str,
    parameters: tuple[syntax.ProcedureParameter, ...] = (),
    *,
    undeclared: bool = False,
    types: tuple[UserType, ...] = (),
) -> syntax.Batch:
    """Return the tree of a batch in which ``parameters`` are declared; the same text gives the same tree.

    With ``undeclared``, the batch may use undeclared variables. ``types`` are the user-defined types of the database.
    """
    parse = _parse_batch if len(text) <= _LONGEST_KEPT else _parse_batch.__wrapped__
    return parse(text, parameters, undeclared, types)


@lru_cache(maxsize=2000)
def _parse_batch(
    text: str, parameters: tuple[syntax.ProcedureParameter, ...], undeclared: bool, types: tuple[UserType, ...]
) -> syntax.Batch:
    parser = BatchParser(text, undeclared=undeclared, types=types)
    for parameter in parameters:
        parser.declare_parameter(parameter, 1)
    return parser.batch()


def parse_parameters(text: str, types: tuple[UserType, ...] = ()) -> tuple[syntax.ProcedureParameter, ...]:
    """Return the parameter list of sp_executesql and sp_prepare: ``@a INT, @b NVARCHAR(10) OUTPUT``."""
    parser = BatchParser(text, types=types)
    if parser.token.kind == END:
        return ()
    parameters = parser.parameter_list()
    if parser.token.kind != END:
        raise parser.error()
    return parameters


@lru_cache(maxsize=2000)
def parse_expression(text: str) -> syntax.Expression:
    """Return the tree of a value or condition whose text the catalog stores (DEFAULT, CHECK …)."""
    parser = BatchParser(text)
    expression = parser.value_or_condition()
    if parser.token.kind != END:
        raise parser.error()
    return expression


def parse_name(text: str) -> syntax.Name:
    """Return the parts of a multi-part name in a string, outermost first."""
    return TokenCursor(text, tokenize(text)).name()
