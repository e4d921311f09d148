"""System procedures: dynamic SQL, prepared statements, application locks, and the catalog procedures of drivers."""

# ruff: noqa: SIM905

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from local_sqlserver.engine import (
    catalog_procedures,
    extended_properties,
    first_result_set,
    refreshing,
    renaming,
    undeclared_parameters,
)
from local_sqlserver.engine.arguments import ArgumentValue, Call, CallResult
from local_sqlserver.engine.catalog_procedures import rowset
from local_sqlserver.engine.coercion import coerce
from local_sqlserver.engine.events import Column, Message
from local_sqlserver.engine.locks import MODES
from local_sqlserver.engine.ports import Caller
from local_sqlserver.engine.state import Cancelled, Frame, SessionKey
from local_sqlserver.errors import message_text, sql_error, unsupported
from local_sqlserver.language.parser import parse_batch, parse_name, parse_parameters
from local_sqlserver.types import MAX, SqlType

_INT = SqlType("int")
_TEXT = SqlType("nvarchar", length=MAX)
_NAME = SqlType("nvarchar", length=128)

Handler = Callable[[Caller, Sequence[ArgumentValue], Frame], Call | CallResult]
"""A procedure that sends rows is a generator; any other returns its result at once."""


def find(name: tuple[str, ...]) -> Handler | None:
    """Return the system procedure of that name, with or without sys or master in front."""
    if len(name) > 1 and name[-2].lower() not in ("sys", "dbo"):
        return None
    return _PROCEDURES.get(name[-1].lower())


def _call_result(
    code: int = 0, outputs: dict[int, tuple[Any, SqlType]] | None = None, of: CallResult | None = None
) -> CallResult:
    """The result of a system procedure, with the mismatch of the statements that it ran."""
    return CallResult(code, outputs or {}, mismatch=of.mismatch if of else None)


def _text(arguments: Sequence[ArgumentValue], position: int) -> str:
    if position >= len(arguments) or arguments[position].value is None:
        return ""
    return str(coerce(arguments[position].value, _TEXT, arguments[position].type))


def _by_parameter(names: Sequence[str], arguments: Sequence[ArgumentValue], procedure: str) -> dict[str, ArgumentValue]:
    """Return the arguments by parameter name, whether passed by name or by position."""
    picked: dict[str, ArgumentValue] = {}
    for position, argument in enumerate(arguments):
        name = argument.name.lower() or (names[position] if position < len(names) else "")
        if not name:
            raise sql_error(8144, procedure)
        if name not in names:
            raise sql_error(8145, argument.name, procedure)
        if not argument.default:
            picked[name] = argument
    return picked


def _shifted_outputs(result: CallResult, by: int) -> dict[int, tuple[Any, SqlType]]:
    return {position + by: value for position, value in result.outputs.items()}


def _executesql(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    if not arguments:
        raise sql_error(201, "sp_executesql", "@statement")
    for position in (0, 1):
        if (
            position < len(arguments)
            and arguments[position].type.name not in ("nvarchar", "nchar", "ntext")
            and (arguments[position].value is not None)
        ):
            name = "@statement" if position == 0 else "@params"
            raise sql_error(214, name, "ntext/nchar/nvarchar", state=2 if position == 0 else 3)
    declared = parse_parameters(_text(arguments, 1), caller.view.user_types(frame.database))
    # The statements are two levels below, as @@NESTLEVEL shows: the procedure's own is between.
    result = yield from caller.dynamic(_text(arguments, 0), declared, frame, arguments[2:], levels=2)
    return _call_result(caller.state.last_error, _shifted_outputs(result, 2), result)  # it returns @@ERROR


def _prepare(caller: Caller, parameters: str, statement: str, frame: Frame) -> int:
    types = caller.view.user_types(frame.database)
    declared = parse_parameters(parameters, types)
    parse_batch(statement, declared, types=types)
    handle = max(caller.prepared, default=0) + 1
    caller.prepared[handle] = (statement, declared)
    return handle


def _sp_prepare(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
    handle = _prepare(caller, _text(arguments, 1), _text(arguments, 2), frame)
    return _call_result(0, {0: (handle, _INT)})


def _sp_prepexec(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    handle = _prepare(caller, _text(arguments, 1), _text(arguments, 2), frame)
    statement, declared = caller.prepared[handle]
    result = yield from caller.dynamic(statement, declared, frame, arguments[3:])
    return _call_result(result.code, {0: (handle, _INT), **_shifted_outputs(result, 3)}, result)


def _sp_execute(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    statement, declared = _prepared(caller, arguments)
    result = yield from caller.dynamic(statement, declared, frame, arguments[1:])
    return _call_result(result.code, _shifted_outputs(result, 1), result)


def _prepared(caller: Caller, arguments: Sequence[ArgumentValue]) -> tuple[str, tuple[Any, ...]]:
    handle = arguments[0].value if arguments else None
    if handle not in caller.prepared:
        raise sql_error(8179, handle)
    return caller.prepared[handle]


def _sp_unprepare(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
    _prepared(caller, arguments)
    del caller.prepared[arguments[0].value]
    return _call_result()


_CALL = re.compile(
    r"\s*\{?\s*(?:\?\s*=\s*)?(?:call\s+|exec(?:ute)?\s+)?(?P<name>[^(?{}]+?)\s*(?:\(.*\)|\?.*)?\s*\}?\s*",
    re.I | re.S,
)


def _sp_prepexecrpc(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    text = _text(arguments, 1)
    match = _CALL.fullmatch(text)
    if match is None:
        raise unsupported(f"sp_prepexecrpc of {text!r}")
    result = yield from caller.invoke(parse_name(match["name"]), arguments[2:], frame, 1)
    return _call_result(result.code, {0: (0, _INT), **_shifted_outputs(result, 2)})


def _sp_reset_connection(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
    caller.reset()
    return _call_result()


def _getapplock(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
    names = ("@resource", "@lockmode", "@lockowner", "@locktimeout", "@dbprincipal")
    given = _by_parameter(names, arguments, "sp_getapplock")
    resource, owner = _resource_and_owner("sp_getapplock", given, frame)
    mode = next((mode for mode in MODES if mode.lower() == str(_value(given, "@lockmode", "")).lower()), None)
    if mode is None:
        return _call_result(-999)
    if owner == "Transaction" and not caller.transactions.count:
        raise sql_error(3918)
    timeout = _value(given, "@locktimeout", frame.settings.lock_timeout)
    code = caller.shared.locks.acquire(
        caller.state.spid, resource, mode, owner, int(timeout), caller.state.cancelled.is_set
    )
    if code == -2:
        raise Cancelled
    return _call_result(code)


def _releaseapplock(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
    given = _by_parameter(("@resource", "@lockowner", "@dbprincipal"), arguments, "sp_releaseapplock")
    resource, owner = _resource_and_owner("sp_releaseapplock", given, frame)
    if owner == "Transaction" and not caller.transactions.count:
        raise sql_error(3918)
    if not caller.shared.locks.release(caller.state.spid, resource, owner):
        name = _value(given, "@resource", "")
        raise sql_error(1223, "public", name)
    return _call_result()


def _value(given: dict[str, ArgumentValue], name: str, default: Any) -> Any:
    return given[name].value if name in given else default


def _resource_and_owner(procedure: str, given: dict[str, ArgumentValue], frame: Frame) -> tuple[str, str]:
    """Return the resource of a lock, qualified with its database, and its owner."""
    owner = str(_value(given, "@lockowner", "Transaction")).capitalize()
    if owner not in ("Transaction", "Session"):
        raise sql_error(1226, procedure)
    return f"{frame.database.lower()}|{str(_value(given, '@resource', ''))[:255]}", owner


def _sp_describe_undeclared_parameters(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    given = _by_parameter(("@tsql", "@params"), arguments, "sp_describe_undeclared_parameters")
    types = caller.view.user_types(frame.database)
    texts = (str(_value(given, name, None) or "") for name in ("@tsql", "@params"))
    rows = undeclared_parameters.describe(caller.compilation, frame, types, *texts)
    columns = [Column(name, kind) for name, kind in undeclared_parameters.COLUMNS]
    yield from rowset(caller, columns, rows)
    return _call_result()


def _sp_describe_first_result_set(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    names = ("@tsql", "@params", "@browse_information_mode")
    given = _by_parameter(names, arguments, "sp_describe_first_result_set")
    types = caller.view.user_types(frame.database)
    texts = (str(_value(given, name, None) or "") for name in names[:2])
    described = first_result_set.columns(caller.compilation, frame, types, *texts)
    shape = [Column(name, kind) for name, kind in first_result_set.COLUMNS]
    yield from rowset(caller, shape, first_result_set.rows(described))
    return _call_result()


def _regread(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    """There is no registry: no value is found, which is an informational message, and an OUTPUT argument is NULL."""
    yield Message(message_text(22001, 2, "The system cannot find the file specified."), 22001, 1)
    return _call_result(1, {3: (None, _TEXT)} if len(arguments) > 3 else None)


_PROPERTY = (
    *("@name", "@value", "@level0type", "@level0name", "@level1type", "@level1name", "@level2type", "@level2name"),
)


def _on_property(procedure: str, change: Callable[[Caller, dict[str, ArgumentValue], Frame], CallResult]) -> Handler:
    names = _PROPERTY if change is not extended_properties.drop else (_PROPERTY[0], *_PROPERTY[2:])

    def run(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
        return change(caller, _by_parameter(names, arguments, procedure), frame)

    return run


def _refused(name: str) -> Handler:
    def refuse(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
        raise unsupported(name)

    return refuse


def _set_session_context(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> CallResult:
    given = _by_parameter(("@key", "@value", "@read_only"), arguments, "sp_set_session_context")
    for name in ("@key", "@value"):
        if name not in given:
            raise sql_error(201, "sp_set_session_context", name)
    key = str(given["@key"].value or "")
    known = caller.state.context.get(key.lower())
    if known is not None and known.read_only:
        raise sql_error(15664, key)
    value = coerce(given["@value"].value, _TEXT, given["@value"].type)
    read_only = "@read_only" in given and bool(given["@read_only"].value)
    caller.state.context[key.lower()] = SessionKey(value, read_only)
    return _call_result()


_REFUSED = frozenset(
    """
    sp_addapprole sp_addextendedproc sp_addlinkedserver sp_addlinkedsrvlogin sp_addlogin sp_addmessage sp_addrole
    sp_addrolemember sp_addserver sp_addsrvrolemember sp_addtype sp_addumpdevice sp_adduser sp_altermessage
    sp_approlepassword sp_attach_db sp_attach_single_file_db sp_autostats sp_bindefault sp_bindrule sp_bindsession
    sp_catalogs sp_change_users_login sp_changedbowner sp_changeobjectowner sp_clean_db_file_free_space
    sp_clean_db_free_space sp_column_privileges sp_column_privileges_ex sp_columns_ex sp_control_plan_guide
    sp_create_plan_guide sp_createstats sp_cursor sp_cursor_list sp_cursorclose sp_cursorexecute sp_cursorfetch
    sp_cursoropen sp_cursoroption sp_cursorprepare sp_cursorprepexec sp_cursorunprepare sp_cycle_errorlog
    sp_cdc_add_job sp_cdc_change_job sp_cdc_cleanup_change_table sp_cdc_disable_db sp_cdc_disable_table
    sp_cdc_drop_job sp_cdc_enable_db sp_cdc_enable_table sp_cdc_generate_wrapper_function
    sp_cdc_get_captured_columns sp_cdc_get_ddl_history sp_cdc_help_change_data_capture sp_cdc_help_jobs sp_cdc_scan
    sp_cdc_start_job sp_cdc_stop_job
    sp_dbcmptlevel sp_dboption sp_defaultdb sp_defaultlanguage sp_denylogin sp_depends sp_describe_cursor
    sp_describe_cursor_columns sp_describe_cursor_tables sp_describe_parameter_encryption sp_detach_db
    sp_dropapprole sp_dropdevice sp_dropextendedproc sp_droplinkedsrvlogin sp_droplogin sp_dropmessage sp_droprole
    sp_droprolemember sp_dropserver sp_dropsrvrolemember sp_droptype sp_dropuser
    sp_estimate_data_compression_savings sp_execute_external_script
    sp_flush_log sp_foreignkeys sp_getbindtoken sp_grantdbaccess sp_grantlogin
    sp_helpconstraint sp_helpdbfixedrole sp_helpdevice sp_helpextendedproc sp_helpfile sp_helpfilegroup
    sp_helplanguage sp_helplinkedsrvlogin sp_helplogins sp_helpntgroup sp_helprole sp_helprolemember sp_helprotect
    sp_helpserver sp_helpsort sp_helpsrvrole sp_helpsrvrolemember sp_helpstats sp_helptrigger sp_helpuser sp_indexes
    sp_indexoption sp_linkedservers sp_lock sp_monitor sp_oacreate sp_oadestroy sp_oageterrorinfo sp_oagetproperty
    sp_oamethod sp_oasetproperty sp_password sp_primarykeys sp_procoption sp_readerrorlog
    sp_renamedb sp_revokedbaccess sp_revokelogin sp_sequence_get_range
    sp_serveroption sp_setapprole sp_settriggerorder sp_table_privileges sp_table_privileges_ex sp_tableoption
    sp_tables_ex sp_testlinkedserver sp_trace_create sp_trace_setevent sp_trace_setfilter sp_trace_setstatus
    sp_unbindefault sp_unbindrule sp_unsetapprole sp_updatestats sp_validatelogins sp_xml_preparedocument
    sp_xml_removedocument xp_cmdshell xp_dirtree xp_enumgroups xp_fileexist xp_fixeddrives xp_grantlogin xp_logevent
    xp_loginconfig xp_logininfo xp_msver xp_readerrorlog xp_regwrite xp_revokelogin xp_sprintf xp_sqlmaint xp_sscanf
    """.split()
)
"""Procedures of SQL Server that are refused by name."""

_PROCEDURES: dict[str, Handler] = {
    "sp_executesql": _executesql,
    "sp_prepare": _sp_prepare,
    "sp_prepexec": _sp_prepexec,
    "sp_prepexecrpc": _sp_prepexecrpc,
    "sp_execute": _sp_execute,
    "sp_unprepare": _sp_unprepare,
    "sp_describe_first_result_set": _sp_describe_first_result_set,
    "sp_describe_undeclared_parameters": _sp_describe_undeclared_parameters,
    "sp_reset_connection": _sp_reset_connection,
    "sp_getapplock": _getapplock,
    "sp_releaseapplock": _releaseapplock,
    "sp_set_session_context": _set_session_context,
    "sp_rename": renaming.rename,
    "sp_recompile": refreshing.recompile,
    "sp_refreshsqlmodule": refreshing.refresh_module,
    "sp_refreshview": refreshing.refresh_view,
    "sp_addextendedproperty": _on_property("sp_addextendedproperty", extended_properties.add),
    "sp_updateextendedproperty": _on_property("sp_updateextendedproperty", extended_properties.update),
    "sp_dropextendedproperty": _on_property("sp_dropextendedproperty", extended_properties.drop),
    "xp_instance_regread": _regread,
    "xp_regread": _regread,
    **catalog_procedures.PROCEDURES,
    **{name: _refused(name) for name in _REFUSED},
}

NAMES = tuple(sorted(name for name in _PROCEDURES if name not in _REFUSED))
"""The supported procedures."""
