"""BULK INSERT loads a text file below one of the server's bulk roots into a table.

It follows SQL Server on Linux for text files; ``bulk_file`` reads rows, ``bulk_convert`` has the conversion rules.
CHECK constraints are not checked, as in SQL Server without CHECK_CONSTRAINTS. Differences that remain: a load is
one transaction despite BATCHSIZE, a default is evaluated once per load, and a row of more than 64 Mi characters is
refused.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from local_sqlserver.compiler import ColumnInfo, Relation
from local_sqlserver.compiler.fragments import identifier, quote
from local_sqlserver.compiler.objects import identity_sequence, move_identity
from local_sqlserver.engine import bulk_convert
from local_sqlserver.engine.bulk_file import FIELD_SEPARATOR, INVALID, Batch, DataFile
from local_sqlserver.engine.bulk_options import BulkOptions, read_options
from local_sqlserver.engine.file_text import FileText
from local_sqlserver.errors import SqlError, sql_error, unsupported

_AT_ONCE = 2
"""The batches that one statement inserts."""


def bulk_insert(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    path: str,
    options: Mapping[str, str | int | None],
    roots: Sequence[Path],
    line: int,
    report: Callable[[SqlError], None] | None = None,
    default_value: Callable[[ColumnInfo], Any] | None = None,
) -> int:
    """Load the file into the table in the connection's open transaction; return the number of rows.

    The file has one field for each column of the table in order; the fields of computed columns and, without
    KEEPIDENTITY, of the identity column are read and ignored. ``report`` receives, in order, every message that
    does not end the statement: the errors 4863, 4864, 4867 and 4869 of skipped rows, the notices 4830 and 4831
    (severity 10), and the errors before the last error of a failed load. Without ``report`` the first bad row is
    raised, so that no row is lost silently. ``default_value`` evaluates a column's declared default, once per load;
    without it a table with defaults requires KEEPNULLS.

    Raises SqlError: 4860 no such file, 4861 not readable or outside ``roots``, 7330 (after 4832, 4865, 4866,
    4879 … and 7399 were reported) for a file that cannot be read to its end, 7301, what ``read_options``
    raises, and 40510 for what the stand-in lacks. Raises duckdb.Error when a constraint of the table fails.
    After an error rows may have been inserted: roll back.
    """
    settings = read_options(options, line)
    if relation.kind == "V":
        raise unsupported("BULK INSERT into a view", line)
    if "CHECK_CONSTRAINTS" in options and any(constraint.kind == "C" for constraint in relation.constraints):
        raise unsupported("BULK INSERT with CHECK_CONSTRAINTS into a table with CHECK constraints", line)
    with resolve(path, roots, line).open("rb") as file:
        data = DataFile(file, path, len(relation.columns), settings, line)
        for notice in data.notices:
            if report is not None:
                report(notice)
        defaults = {} if settings.keep_nulls else _defaults(relation, default_value, line)
        loader = _Loader(connection, relation, settings, line, data.encoding == "utf-16-le", defaults, report)
        try:
            count = sum(loader.load(batches) for batches in _ahead(loader.together(data.batches())))
        except SqlError as error:
            if report is None or error.number not in (4832, 4866, 4879):
                raise
            report(error)
            raise loader.failed() from error
    if settings.keep_identity:
        for column in relation.columns:
            if column.identity:
                connection.execute(move_identity(relation, column, relation.duckdb_name, identifier(column.name)))
    return count


class _Loader:
    """Inserts batches into one table and counts the bad rows."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: Relation,
        options: BulkOptions,
        line: int,
        wide: bool,
        defaults: Mapping[str, Any],
        report: Callable[[SqlError], None] | None,
    ) -> None:
        self._connection = connection
        self._columns = relation.columns
        self._options = options
        self._line = line
        self._report = report
        self._errors = 0
        self._prepared: dict[tuple[bool, bool, int], tuple[str, str]] = {}
        self._relation = relation
        self._wide = wide
        self._defaults = {name: f"$default{index}" for index, name in enumerate(defaults)}
        self._parameters: dict[str, Any] = {f"default{index}": value for index, value in enumerate(defaults.values())}
        self._targets = [
            index
            for index, column in enumerate(relation.columns)
            if column.computed is None and (column.identity is None or options.keep_identity)
        ]
        self._numbered = next(
            (column for column in relation.columns if column.identity and not options.keep_identity), None
        )

    def together(self, batches: Iterator[Batch]) -> Iterator[list[Batch]]:
        """Yield the batches that one statement inserts, each read on a thread of its own: plain ones together."""
        group: list[Batch] = []
        try:
            for batch in batches:
                alone = self._numbered is not None or batch.quoted or batch.odd
                if group and (len(group) == _AT_ONCE or alone or group[0].quoted or group[0].odd):
                    yield group
                    group = []
                group.append(batch)
        except SqlError:
            if group:  # the errors of its rows come first
                yield group
            raise
        if group:
            yield group

    def load(self, batches: Sequence[Batch]) -> int:
        """Insert the good rows of batches and report the bad ones; return the number of inserted rows."""
        form = (batches[0].quoted, batches[0].odd, len(batches))
        if form not in self._prepared:
            self._prepared[form] = self._statements(*form)
        insert, find_errors = self._prepared[form]
        parameters = {f"text{index}": FileText(batch.text) for index, batch in enumerate(batches)}
        size = max(len(batch.text) for batch in batches)
        given = {**parameters, "size": size, **self._parameters}
        (inserted,) = self._connection.execute(insert, given).fetchone() or (0,)
        if inserted < sum(batch.rows for batch in batches):
            for batch in batches:
                self._report_errors(batch, find_errors)
        return int(inserted)

    def _statements(self, quoted: bool, odd: bool, batches: int) -> tuple[str, str]:
        """Return two statements: one inserts the good rows of batches, the other finds the bad rows of one.

        In an ``odd`` batch a field of a lone NUL is the empty string, as bcp writes it.
        """
        conversions = []
        for index in self._targets:
            field = f"(CASE field{index} WHEN chr(0) THEN '' ELSE field{index} END)" if odd else f"field{index}"
            column = self._columns[index]
            default = self._defaults.get(column.name)
            conversions.append(
                bulk_convert.conversion(
                    column,
                    field,
                    wide=self._wide,
                    default=default,
                    invalid=INVALID if odd else None,
                    line=self._line,
                )
            )
        names = [identifier(self._columns[index].name) for index in self._targets]
        values = [conversion.value for conversion in conversions]
        if self._numbered is not None:
            names.append(identifier(self._numbered.name))
            values.append(f"nextval({quote(identity_sequence(self._relation))})")
        errors = [conversion.error for conversion in conversions]
        in_order = quoted or self._numbered is not None
        rows, rows_of_one = (
            _reader(len(self._columns), batches=number, quoted=quoted, in_order=in_order) for number in (batches, 1)
        )
        good = " AND ".join(f"{error} = 0" for error in errors) or "true"
        insert = (
            f"INSERT INTO {self._relation.duckdb_name} ({', '.join(names)}) SELECT {', '.join(values)} FROM {rows} "
            f"WHERE {good}"
        )
        find_errors = (
            f"SELECT number, [{', '.join(errors)}] AS errors "
            f"FROM (SELECT row_number() OVER () AS number, * FROM {rows_of_one}) "
            "WHERE list_max(errors) > 0 ORDER BY number LIMIT $limit"
        )
        return insert, find_errors

    def failed(self) -> SqlError:
        """Report the errors of a failed bulk provider; return the error that ends the statement."""
        reason = "The provider did not give any information about the error."
        self._report_or_raise(sql_error(7399, "BULK", "(null)", reason, line=self._line))
        return sql_error(7330, "BULK", "(null)", line=self._line)

    def _report_errors(self, batch: Batch, find_errors: str) -> None:
        limit = self._options.max_errors + 1 - self._errors
        given = {"text0": FileText(batch.text), "size": len(batch.text), "limit": limit}
        found = self._connection.execute(find_errors, given).fetchall()
        for number, errors in found:
            position, error = next((index, error) for index, error in enumerate(errors) if error)
            index = self._targets[position]
            row, name = batch.first_row + number - 1, self._columns[index].name
            self._report_or_raise(sql_error(error, row, index + 1, name, line=self._line))
        self._errors += len(found)
        if self._errors > self._options.max_errors:
            if self._options.max_errors:
                maximum = self._options.max_errors
                self._report_or_raise(sql_error(4865, maximum, line=self._line))
            raise self.failed()

    def _report_or_raise(self, error: SqlError) -> None:
        if self._report is None:
            raise error
        self._report(error)


def resolve(path: str, roots: Sequence[Path], line: int) -> Path:
    r"""Find the file below ``roots``; raises SqlError 4860 and 4861 as ``bulk_insert`` does.

    As on Linux, backslashes separate folders too and ``C:\`` is the root; a relative path is sought in each root.
    """
    posix = path.replace("\\", "/")
    if posix[:2].upper() == "C:":
        posix = posix[2:]
    given = PurePosixPath(posix)
    candidates = [Path(given)] if given.is_absolute() else [root / given for root in roots]
    # os.path.exists accepts names that no file can have, such as too long ones.
    file = next((candidate for candidate in candidates if os.path.exists(candidate)), None)  # noqa: PTH110
    if file is None:
        raise sql_error(4860, path, line=line)
    file = file.resolve()
    allowed = any(file.is_relative_to(root.resolve()) for root in roots)
    if not allowed or not file.is_file():
        raise _access_denied(path, line)
    try:
        file.open("rb").close()
    except PermissionError:
        raise _access_denied(path, line) from None
    return file


def _access_denied(path: str, line: int) -> SqlError:
    return sql_error(4861, path, "5(Access is denied.)", line=line)


def _defaults(relation: Relation, default_value: Callable[[ColumnInfo], Any] | None, line: int) -> dict[str, Any]:
    """Evaluate the columns' declared defaults."""
    declared = [column for column in relation.columns if column.default is not None]
    if declared and default_value is None:
        raise unsupported(f"BULK INSERT without KEEPNULLS into column {declared[0].name} with its default", line)
    if default_value is None:
        return {}
    return {column.name: default_value(column) for column in declared}


def _ahead(groups: Iterator[list[Batch]]) -> Iterator[list[Batch]]:
    """Yield groups of batches; the next one is read while the caller has one."""
    with ThreadPoolExecutor(1) as reader:
        upcoming = reader.submit(next, groups, None)
        while (group := upcoming.result()) is not None:
            upcoming = reader.submit(next, groups, None)
            yield group


def _reader(columns: int, *, batches: int, quoted: bool, in_order: bool) -> str:
    """Return the call of DuckDB's CSV reader that reads batches as rows of ``field0``, ``field1`` …, NULL if empty.

    It reads in parallel unless a field may contain the end of a row, or the rows are numbered ``in_order``.
    """
    texts = ", ".join(f"$text{index}" for index in range(batches))
    names = ", ".join(f"'field{index}': 'VARCHAR'" for index in range(columns))
    mark = '"' if quoted else ""
    return (
        f"read_csv([{texts}], auto_detect = false, header = false, columns = {{{names}}}, delim = '{FIELD_SEPARATOR}', "
        f"new_line = '\\n', quote = '{mark}', escape = '{mark}', nullstr = '', "
        f"max_line_size = $size, parallel = {'false' if in_order else 'true'})"
    )
