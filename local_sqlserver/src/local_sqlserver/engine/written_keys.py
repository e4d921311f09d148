"""The keys without an index in DuckDB that a transaction has written: checked after each statement and at the commit.

Two transactions may write the same key, because neither sees the other's rows. So commits follow one another
(``Commits``), and the second looks up its keys among the rows that others have committed since it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from local_sqlserver.compiler import KeyLookup, Relation
from local_sqlserver.compiler.keys import OWN_ROWS, keys_of, looked_up_keys


@dataclass(slots=True)
class _Table:
    """A table in a transaction.

    ``last`` is the number of the last committed row before the first write, None in a transaction of one statement:
    there a key of a row that the statement deletes cannot be told from another's. ``first`` is the number of the first
    row that is still to be checked.
    """

    last: int | None
    first: int = OWN_ROWS
    lookups: list[KeyLookup] = field(default_factory=list)


class KeyCommits:
    """When keys without an index were last committed, by table: numbers of ``Commits``."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def since(self, table: str, number: int) -> bool:
        """Whether another transaction has committed keys after that number."""
        return self._last.get(table, 0) > number

    def note(self, tables: Sequence[str], number: int) -> None:
        """Note the commit of keys."""
        self._last.update(dict.fromkeys(tables, number))


class WrittenKeys:
    """The keys of one transaction."""

    def __init__(
        self,
        root: duckdb.DuckDBPyConnection,
        cursor: duckdb.DuckDBPyConnection,
        connection: duckdb.DuckDBPyConnection,
    ) -> None:
        self._root = root
        self._cursor = cursor
        self._connection = connection
        self._tables: dict[str, _Table] = {}
        self.relations: set[Relation] = set()
        """The tables with keys of the transaction's statements, for the error of a commit."""

    def before(self, relations: Sequence[Relation]) -> None:
        """Note where the committed rows end, before a statement of an open transaction changes these tables."""
        self.relations.update(filter(keys_of, relations))
        for relation in relations:
            if looked_up_keys(relation) and relation.duckdb_name not in self._tables:
                sql = f"SELECT coalesce(max(rowid), -1) FROM {relation.duckdb_name} WHERE rowid < {OWN_ROWS}"
                (last,) = self._connection.execute(sql).fetchone() or (-1,)
                self._tables[relation.duckdb_name] = _Table(last)

    def check(self, lookups: Sequence[KeyLookup]) -> None:
        """Look up the keys that a statement has written. Raises ``duckdb.Error`` with 2627 or 2601."""
        for name in dict.fromkeys(lookup.table for lookup in lookups):
            table = self._tables.setdefault(name, _Table(None))
            counts = f"SELECT count(*), max(rowid), (SELECT count(*) FROM {name}) FROM {name} WHERE rowid >= $first"
            found = self._connection.execute(counts, {"first": table.first}).fetchone()
            assert found is not None
            new, last, rows = found
            if not new:
                continue
            for lookup in lookups:
                if lookup.table != name:
                    continue
                if 2 * new > rows:
                    self._connection.execute(lookup.refuse_all).fetchall()
                else:
                    self._connection.execute(lookup.refuse, {"first": table.first}).fetchall()
                # Only this session sees its temporary tables.
                if lookup not in table.lookups and not name.startswith("temp.main."):
                    table.lookups.append(lookup)
            if table.last is not None:
                table.first = last + 1

    def check_all_again(self) -> None:
        """Forget which rows are checked: the rows of the transaction were numbered again.

        So they are when its writes are done again, or a table is made again. INSERT alone leaves them as they are.
        """
        for table in self._tables.values():
            table.first = OWN_ROWS

    def check_commits(self, commits: KeyCommits, began_at: int) -> None:
        """Before the commit, look up the keys among those that others have committed since the transaction began.

        Raises ``duckdb.Error`` with 2627 or 2601, or a conflict: then the one statement can run again.
        """
        for name, table in self._tables.items():
            if not table.lookups or not commits.since(name, began_at):
                continue
            with self._root.cursor() as committed:
                for lookup in table.lookups:
                    hashes = self._cursor.execute(lookup.written, {"first": OWN_ROWS}).fetchnumpy()
                    committed.register("_written", {"hashed": hashes["hashed"]})
                    last = -1 if table.last is None else table.last
                    try:
                        committed.execute(lookup.committed, {"last": last}).fetchall()
                    except duckdb.Error as failure:
                        if table.last is None:
                            raise duckdb.TransactionException(
                                "Conflict with the keys of another transaction"
                            ) from failure
                        raise

    def committed(self, commits: KeyCommits, number: int) -> None:
        """Note the commit of the keys, for transactions that began before its number."""
        commits.note([name for name, table in self._tables.items() if table.lookups], number)

    def end(self) -> None:
        """Forget the keys after the transaction."""
        self._tables.clear()
        self.relations.clear()
