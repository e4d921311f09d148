"""Functions of conversion and of choice among values."""

from __future__ import annotations

from local_sqlserver.collation import joined
from local_sqlserver.compiler.conversions import convert, implicit
from local_sqlserver.compiler.fragments import Value, combined_type, native, sort_key, typed_null, united_type
from local_sqlserver.compiler.functions.registry import Call, Theme
from local_sqlserver.compiler.types import INT
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax
from local_sqlserver.types import INTEGER_RANGES, SqlType

conversion = Theme("conversion and choice")
conversion.parsed("CAST", "CONVERT", "PARSE", "TRY_CAST", "TRY_CONVERT", "TRY_PARSE")
conversion.refuse("SQL_VARIANT_PROPERTY")


@conversion.scalar("IIF", least=3)
def _iif(call: Call) -> Value:
    condition, true, false = call.node.arguments
    case = syntax.Case(operand=None, whens=((condition, true),), otherwise=false, line=call.line)
    return call.compiler.expression(case, call.scope)


@conversion.scalar("COALESCE", least=2, most=254)
def _coalesce(call: Call) -> Value:
    typed = [argument for argument in call.arguments if not argument.null]
    if not typed:
        raise sql_error(4127, line=call.line)
    target = united_type(typed)
    collation = joined(typed, call.line)
    converted = [implicit(argument, target, call.line) for argument in typed]
    sql = f"coalesce({', '.join(each.sql for each in converted)})"
    return Value(sql, target, collation=collation, cost=native(*converted))


@conversion.scalar("ISNULL", least=2)
def _isnull(call: Call) -> Value:
    first, second = call.arguments
    if first.null:
        return second
    if second.null:
        return first
    replacement = implicit(second, first.type, call.line)
    sql = f"coalesce({first.sql}, {replacement.sql})"
    required = first.required or second.required
    return Value(sql, first.type, collation=first.collation, cost=native(first, replacement), required=required)


@conversion.scalar("NULLIF", least=2)
def _nullif(call: Call) -> Value:
    first, second = call.arguments
    if first.null:
        raise sql_error(4151, line=call.line)
    if second.null:
        return first
    test = call.compiler.compare("=", first, second, call.line)
    if combined_type(first) != first.type:  # a literal has the narrowest type that holds it
        low, high = INTEGER_RANGES["smallint"]
        narrow = "tinyint" if 0 <= int(first.constant or 0) <= 255 else "smallint"
        if low <= int(first.constant or 0) <= high:
            first = convert(first, SqlType(narrow), line=call.line)
    sql = f"CASE WHEN {test} THEN NULL ELSE {first.sql} END"
    return Value(sql, first.type, collation=first.collation, cost=native(test, first))


@conversion.scalar("CHOOSE", least=2, most=254)
def _choose(call: Call) -> Value:
    index, values = call.converted(0, INT), call.arguments[1:]
    target = united_type(values)
    converted = [implicit(value, target, call.line) for value in values]
    parts = " ".join(f"WHEN {position} THEN {value.sql}" for position, value in enumerate(converted, 1))
    sql = f"CASE {index.sql} {parts} END"
    return Value(sql, target, collation=joined(values, call.line), cost=native(index, *converted))


@conversion.scalar("GREATEST", "LEAST", least=1, most=254)
def _greatest_least(call: Call) -> Value:
    typed = [argument for argument in call.arguments if not argument.null]
    target = united_type(typed)
    converted = [implicit(argument, target, call.line) for argument in typed]
    if not converted:
        return typed_null(INT)
    if converted[0].has_sort_key:
        order = "DESC" if call.name == "GREATEST" else "ASC"
        keys = ", ".join(f"struct_pack(k := {sort_key(value)}, v := {value.sql})" for value in converted)
        listed = f"list_filter([{keys}], lambda x: x.v IS NOT NULL)"
        return Value(f"list_sort({listed}, '{order}')[1].v", target, collation=joined(typed, call.line))
    return Value(f"{call.name.lower()}({', '.join(value.sql for value in converted)})", target)
