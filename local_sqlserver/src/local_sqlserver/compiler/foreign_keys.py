"""Foreign keys: their definition, and the statements that check and cascade what a statement has changed.

DuckDB's own foreign keys know neither actions nor changes of keys, so none is defined in DuckDB. After a statement has
changed its tables, the compiled SQL reads the table of changed rows: their new values must exist in the referenced
table, and rows that refer to their old values are followed by the constraint's action. So a constraint is checked at
the end of the statement. Sources: the T-SQL reference, CREATE TABLE, "Foreign key constraints" and "Referential
integrity constraints"; "Primary and foreign key constraints", "Cascading referential integrity".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from local_sqlserver.compiler.contract import ConstraintInfo, Context, ForeignKey, Relation
from local_sqlserver.compiler.fragments import identifier, quote, raise_sql, typed_null
from local_sqlserver.compiler.functions.registry import columns_of
from local_sqlserver.compiler.keys import computed_when_read
from local_sqlserver.compiler.names import SourceColumns, relation_source
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_expression

if TYPE_CHECKING:
    from local_sqlserver.compiler.dml import DataCompiler


@dataclass(frozen=True, slots=True)
class Changes:
    """What a statement has changed in a table: the table of changed rows, and which rows were changed how.

    ``inserted``, ``updated`` and ``deleted`` are conditions over these rows, '' for none. ``assigned`` are the updated
    columns in lower case, with the computed columns that read them. ``verb`` is the statement for messages.
    """

    relation: Relation
    table: str
    verb: str
    inserted: str = ""
    updated: str = ""
    deleted: str = ""
    assigned: frozenset[str] = frozenset()


def affected(relation: Relation, assigned: set[str]) -> frozenset[str]:
    """The assigned columns, in lower case, and the computed columns that read them."""
    found = frozenset(assigned)
    for column in relation.columns:
        read = columns_of(parse_expression(column.computed)) if column.computed is not None else ()
        if any(each.parts[-1].lower() in assigned for each in read):
            found |= {column.name.lower()}
    return found


def concern(context: Context, changes: Changes) -> bool:
    """Whether a foreign key of the table or to it has to be checked after the changes."""
    return any(_own(changes)) or any(_referencing(context, changes))


def enforce(compiler: DataCompiler, changes: Changes) -> list[str]:
    """The statements that cascade the changes, and those that raise 547."""
    statements: list[str] = []
    checks: list[str] = []
    for child, constraint, event in _referencing(compiler.context, changes):
        assert constraint.foreign is not None
        action = constraint.foreign.on_delete if event == "DELETE" else constraint.foreign.on_update
        if action == "NO ACTION":
            checks.append(_refuse_orphans(compiler, changes, child, constraint, event))
        else:
            statements += _cascade(compiler, changes, child, constraint, event, action)
    for constraint in _own(changes):
        rows = " OR ".join(condition for condition in (changes.inserted, changes.updated) if condition)
        new = changed_values(changes.relation, "_new_")
        checks.append(
            _refuse_missing(compiler, changes.verb, changes.relation, constraint, f"{changes.table}", new, rows)
        )
    return [*statements, *checks]


def refuse_rows(compiler: DataCompiler, relation: Relation, constraint: ConstraintInfo) -> str:
    """The statement that raises 547 if a row of the table violates a new foreign key."""
    own = relation_source(relation, relation.name, "_u")
    return _refuse_missing(compiler, "ALTER TABLE", relation, constraint, relation.duckdb_name, own, "")


def changed_values(relation: Relation, prefix: str) -> SourceColumns:
    """The old or new values in the table of changed rows, "_u"."""
    source = relation_source(relation, relation.name, "_u")
    columns = tuple(replace(column, emitted=prefix + column.emitted) for column in source.columns)
    return replace(source, columns=columns)


def is_referenced(context: Context, relation: Relation) -> list[tuple[Relation, ConstraintInfo]]:
    """The tables and foreign keys that refer to a table."""
    return [
        (child, constraint)
        for child in context.referencing(relation)
        for constraint in child.constraints
        if _refers(child, constraint, relation)
    ]


def check_cascades(context: Context, relation: Relation, constraint: ConstraintInfo, line: int) -> None:
    """Raise 1785 if a new foreign key makes the cascades of one statement meet a table twice."""
    foreign = constraint.foreign
    assert foreign is not None
    parent = relation if _is_own(relation, foreign) else context.table(relation.database, foreign.schema, foreign.table)
    after = replace(relation, constraints=(*relation.constraints, constraint))
    for event in ("on_delete", "on_update"):
        if getattr(foreign, event) == "NO ACTION":
            continue
        # The cascades that begin at any table must form a tree.
        roots = [parent]
        for root in roots:
            for known in root.constraints:
                above = known.foreign
                if above is not None and getattr(above, event) != "NO ACTION" and not _is_own(root, above):
                    found = context.table(root.database, above.schema, above.table)
                    if not any(_same(found, other) for other in roots):
                        roots.append(found)
        if any(_meets_twice(context, root, after, event) for root in roots):
            raise sql_error(1785, constraint.name, relation.name, line=line)


def _meets_twice(context: Context, root: Relation, after: Relation, event: str) -> bool:
    """Whether the cascades from a table meet one twice; ``after`` is the table with the new foreign key."""
    met = [root]
    for table in met:
        children = [child for child in context.referencing(table) if not _same(child, after)]
        for child in (*children, after):
            for constraint in child.constraints:
                foreign = constraint.foreign
                if foreign is None or not _refers(child, constraint, table) or getattr(foreign, event) == "NO ACTION":
                    continue
                if any(_same(child, other) for other in met):
                    return True
                met.append(child)
    return False


def _same(one: Relation, two: Relation) -> bool:
    return (one.schema.lower(), one.name.lower()) == (two.schema.lower(), two.name.lower())


def _is_own(relation: Relation, foreign: ForeignKey) -> bool:
    return (relation.schema.lower(), relation.name.lower()) == (foreign.schema.lower(), foreign.table.lower())


def _refers(child: Relation, constraint: ConstraintInfo, parent: Relation) -> bool:
    return constraint.foreign is not None and _is_own(parent, constraint.foreign)


def _own(changes: Changes) -> Iterator[ConstraintInfo]:
    for constraint in changes.relation.constraints:
        if constraint.foreign is None or constraint.disabled:
            continue
        assigned = {column.lower() for column in constraint.columns} & changes.assigned
        if changes.inserted or (changes.updated and assigned):
            yield constraint


def _referencing(context: Context, changes: Changes) -> Iterator[tuple[Relation, ConstraintInfo, str]]:
    if not (changes.deleted or changes.updated):
        return
    for child, constraint in is_referenced(context, changes.relation):
        if constraint.disabled or constraint.foreign is None:
            continue
        if changes.deleted:
            yield child, constraint, "DELETE"
        if changes.updated and {column.lower() for column in constraint.foreign.columns} & changes.assigned:
            yield child, constraint, "UPDATE"


def _equal(
    compiler: DataCompiler, left: SourceColumns, names: tuple[str, ...], right: SourceColumns, others: tuple[str, ...]
) -> str:
    """The condition that columns of two sources are equal, as their collations compare them."""
    parts = []
    for name, other in zip(names, others, strict=True):
        one, two = left.find(name), right.find(other)
        assert one is not None
        assert two is not None
        parts.append(f"({compiler.compare('=', left.value(one), right.value(two), compiler.line)})")
    return " AND ".join(parts)


def _conflict(verb: str, kind: str, constraint: ConstraintInfo, table: Relation, columns: tuple[str, ...]) -> str:
    column = f", column '{columns[0]}'" if len(columns) == 1 else ""
    return raise_sql(
        547, *map(quote, (verb, kind, constraint.name, table.database, f"{table.schema}.{table.name}", column))
    )


def _refuse_missing(
    compiler: DataCompiler,
    verb: str,
    relation: Relation,
    constraint: ConstraintInfo,
    rows: str,
    source: SourceColumns,
    condition: str,
) -> str:
    """The statement that raises 547 if a row ("_u") refers to a key that does not exist. NULLs refer to nothing."""
    foreign = constraint.foreign
    assert foreign is not None
    parent = relation
    if not _is_own(relation, foreign):
        parent = compiler.context.table(relation.database, foreign.schema, foreign.table)
    key = relation_source(parent, parent.name, "_p")
    present = [
        f"{source.value(column).sql} IS NOT NULL" for name in constraint.columns if (column := source.find(name))
    ]
    where = " AND ".join([*present, f"({condition})"] if condition else present)
    same = _equal(compiler, key, foreign.columns, source, constraint.columns)
    kind = "FOREIGN KEY SAME TABLE" if _is_own(relation, foreign) else "FOREIGN KEY"
    raised = _conflict(verb, kind, constraint, parent, foreign.columns)
    return (
        f'SELECT {raised} FROM {rows} AS "_u" WHERE {where} '
        f'AND NOT EXISTS (SELECT 1 FROM {parent.duckdb_name} AS "_p" WHERE {same}) LIMIT 1'
    )


def _changed_keys(changes: Changes, foreign: ForeignKey, event: str) -> str:
    """The condition of the changed rows ("_u") whose old key is gone."""
    if event == "DELETE":
        return changes.deleted
    differs = " OR ".join(
        f'"_u".{identifier("_old_" + name)} IS DISTINCT FROM "_u".{identifier("_new_" + name)}'
        for name in _written(changes.relation, foreign.columns)
    )
    return f"({changes.updated}) AND ({differs})"


def _written(relation: Relation, names: tuple[str, ...]) -> list[str]:
    by_name = {column.name.lower(): column.name for column in relation.columns}
    return [by_name[name.lower()] for name in names]


def _refuse_orphans(
    compiler: DataCompiler, changes: Changes, child: Relation, constraint: ConstraintInfo, event: str
) -> str:
    """The statement that raises 547 if a row still refers to a key that is gone."""
    foreign = constraint.foreign
    assert foreign is not None
    parent = changes.relation
    rows, key = relation_source(child, child.name, "_c"), relation_source(parent, parent.name, "_p")
    old = changed_values(parent, "_old_")
    gone = _equal(compiler, old, foreign.columns, rows, constraint.columns)
    same = _equal(compiler, key, foreign.columns, rows, constraint.columns)
    kind = "SAME TABLE REFERENCE" if _same(parent, child) else "REFERENCE"
    raised = _conflict(changes.verb, kind, constraint, child, constraint.columns)
    return (
        f'SELECT {raised} FROM {child.duckdb_name} AS "_c" '
        f'WHERE EXISTS (SELECT 1 FROM {changes.table} AS "_u" '
        f"WHERE ({_changed_keys(changes, foreign, event)}) AND {gone}) "
        f'AND NOT EXISTS (SELECT 1 FROM {parent.duckdb_name} AS "_p" WHERE {same}) LIMIT 1'
    )


def _cascade(
    compiler: DataCompiler, changes: Changes, child: Relation, constraint: ConstraintInfo, event: str, action: str
) -> list[str]:
    """The statements of CASCADE, SET NULL or SET DEFAULT, and those that follow from them."""
    foreign = constraint.foreign
    assert foreign is not None
    table = compiler.changed_rows()
    rows = relation_source(child, child.name, "_c")
    gone = _equal(compiler, changed_values(changes.relation, "_old_"), foreign.columns, rows, constraint.columns)
    selected, absent = ['"_c".rowid AS _rowid'], computed_when_read(child)
    selected += [
        f"{rows.value(column).sql} AS {identifier('_old_' + column.name)}"
        for column in rows.columns
        if column.name not in absent
    ]
    source = (
        f'FROM {child.duckdb_name} AS "_c" JOIN {changes.table} AS "_u" '
        f"ON ({_changed_keys(changes, foreign, event)}) AND {gone}"
    )
    if event == "DELETE" and action == "CASCADE":
        return [
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {', '.join(selected)} {source}",
            f"DELETE FROM {child.duckdb_name} WHERE rowid IN (SELECT _rowid FROM {table})",
            *enforce(compiler, Changes(child, table, changes.verb, deleted="TRUE")),
        ]
    keys = dict(zip(_written(child, constraint.columns), _written(changes.relation, foreign.columns), strict=True))
    for column in child.columns:
        if column.computed is not None:
            continue
        value = f'"_c".{identifier(column.name)}'
        if column.name in keys:
            if action == "CASCADE":
                value = f'"_u".{identifier("_new_" + keys[column.name])}'
            elif action == "SET NULL":
                value = typed_null(column.type).sql
            else:
                value = compiler.default(column, child, compiler.line).sql
        selected.append(f"{value} AS {identifier('_new_' + column.name)}")
    assigned = {name.lower() for name in keys}
    changed = compiler.with_computed(child, f"SELECT {', '.join(selected)} {source}")
    return [
        f"CREATE OR REPLACE TEMP TABLE {table} AS {changed}",
        *compiler.update_changed(child, table, changes.verb, assigned),
        *enforce(compiler, Changes(child, table, changes.verb, updated="TRUE", assigned=affected(child, assigned))),
    ]


def check_persisted(names: tuple[str, ...], relation: Relation, use: str, line: int) -> None:
    """Raise 1764 for a computed column of a CHECK constraint or foreign key that is not persisted."""
    for column in relation.columns:
        if column.computed is not None and not column.persisted and column.name in names:
            raise sql_error(1764, column.name, relation.name, use, line=line)


def define(
    compiler: DataCompiler, given: syntax.ConstraintDefinition, relation: Relation, name: str, parent: Relation
) -> ConstraintInfo:
    """A foreign key of a table; raises 1715, 1753, 1761, 1762, 1764, 1765, 1769, 1770, 1773, 1776, 1778, 1785, 8139."""
    line, written = given.line, ".".join(given.references)
    by_name = {column.name.lower(): column for column in relation.columns}
    keys = {column.name.lower(): column for column in parent.columns}
    for column in given.columns:
        if column.lower() not in by_name:
            raise sql_error(1769, name, column, relation.name, line=line)
    referenced = given.referenced
    if not referenced:
        primary = next((known for known in parent.constraints if known.kind == "PK"), None)
        if primary is None:
            raise sql_error(1773, name, written, line=line)
        referenced = primary.columns
    if len(referenced) != len(given.columns):
        raise sql_error(8139, relation.name, line=line)
    for column in referenced:
        if column.lower() not in keys:
            raise sql_error(1770, name, column, written, line=line)
    wanted = {column.lower() for column in referenced}
    if not any(
        known.kind in ("PK", "UQ", "UX") and not known.definition and {c.lower() for c in known.columns} == wanted
        for known in parent.constraints
    ):
        raise sql_error(1776, written, name, line=line)
    columns = [by_name[column.lower()] for column in given.columns]
    for own, other in zip(columns, (keys[column.lower()] for column in referenced), strict=True):
        if own.type == other.type:
            continue
        number = 1753 if own.type.name == other.type.name else 1778
        raise sql_error(number, written, other.name, relation.name, own.name, name, line=line)
    check_persisted(tuple(column.name for column in columns), relation, "FOREIGN KEY CONSTRAINT", line)
    for computed in (known for known in columns if known.computed is not None):
        if given.on_delete not in ("NO ACTION", "CASCADE"):
            raise sql_error(1765, name, computed.name, line=line)
        if given.on_update != "NO ACTION":
            raise sql_error(1715, name, computed.name, line=line)
    actions = (given.on_delete, given.on_update)
    if "SET NULL" in actions and not all(column.nullable for column in columns):
        raise sql_error(1761, name, line=line)
    if "SET DEFAULT" in actions and not all(column.nullable or column.default for column in columns):
        raise sql_error(1762, name, line=line)
    foreign = ForeignKey(
        *(parent.schema, parent.name, tuple(keys[column.lower()].name for column in referenced)),
        *actions,
    )
    constraint = ConstraintInfo(
        name, "F", tuple(column.name for column in columns), foreign=foreign, trusted=given.checked
    )
    check_cascades(compiler.context, relation, constraint, line)
    return constraint
