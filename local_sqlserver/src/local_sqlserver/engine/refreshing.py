"""sp_refreshview, sp_refreshsqlmodule and sp_recompile. Source: their pages in the T-SQL reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from local_sqlserver.catalog.objects import CatalogObject
from local_sqlserver.engine import catalog_changes
from local_sqlserver.engine.arguments import ArgumentValue, Call, CallResult
from local_sqlserver.engine.events import Message
from local_sqlserver.engine.ports import Caller
from local_sqlserver.engine.state import Frame
from local_sqlserver.errors import MESSAGES, message_text, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch, parse_name


def refresh_view(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    """sp_refreshview @viewname: the columns of the view become those of its query; raises 201, 15165."""
    return _refresh(caller, "sp_refreshview", "@viewname", arguments, frame)


def refresh_module(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    """sp_refreshsqlmodule @name of a view; raises 201, 15165."""
    return _refresh(caller, "sp_refreshsqlmodule", "@name", arguments, frame)


def recompile(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    """sp_recompile @objname: only a message, because plans are not kept; raises 201, 15165."""
    _find(caller, "sp_recompile", "@objname", arguments, frame)
    yield Message(message_text(15070, arguments[0].value), 15070, MESSAGES[15070].severity)
    return CallResult(0, {})


def _refresh(caller: Caller, procedure: str, parameter: str, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    item = _find(caller, procedure, parameter, arguments, frame)
    if item.type != "V":
        raise unsupported(f"{procedure} of another module than a view")
    caller.check_definition("ALTER VIEW")
    (definition,) = parse_batch(item.definition, types=caller.view.user_types(frame.database)).statements
    assert isinstance(definition, syntax.CreateView)
    target = (frame.database, item.schema, item.name)
    definition = replace(definition, action="CREATE OR ALTER", target=target)
    own = Frame(frame.depth + 1, frame.database, item.schema, chained=True)
    with caller.writing():
        translation, _ = caller.compilation.compiled(definition, own)
        for sql in translation.statements:
            caller.transactions.connection.execute(sql)
        for change in translation.changes:
            catalog_changes.record(caller.state, caller.view, caller.transactions, frame, change)
    yield from ()
    return CallResult(0, {})


def _find(
    caller: Caller, procedure: str, parameter: str, arguments: Sequence[ArgumentValue], frame: Frame
) -> CatalogObject:
    """The object that the only argument names."""
    if not arguments or arguments[0].value is None:
        raise sql_error(201, procedure, parameter)
    if len(arguments) > 1:
        raise sql_error(8144, procedure)
    name = str(arguments[0].value)
    item = caller.view.catalog(frame.database).find_named(parse_name(name))
    if item is None:
        raise sql_error(15165, name)
    return item
