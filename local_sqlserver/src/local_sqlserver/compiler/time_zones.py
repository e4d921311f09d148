"""AT TIME ZONE: the time zones of Windows, which SQL Server names.

Source: the T-SQL reference, "AT TIME ZONE"; Unicode's CLDR, "windowsZones", for the names. Windows knows older rules of
few zones, so zones with daylight saving time are supported from 2008 on, and only if Windows and the tz database agree.
"""

from __future__ import annotations

from local_sqlserver.compiler.conversions import convert
from local_sqlserver.compiler.fragments import Value, computed_once, key_value, quote
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.types import SqlType, digits

_FIXED = {
    "utc": 0, "hawaiian standard time": -600, "us mountain standard time": -420, "sa pacific standard time": -300,
    "argentina standard time": -180, "south africa standard time": 120, "w. central africa standard time": 60,
    "e. africa standard time": 180, "arab standard time": 180, "arabian standard time": 240,
    "west asia standard time": 300, "india standard time": 330, "sri lanka standard time": 330,
    "nepal standard time": 345, "myanmar standard time": 390, "se asia standard time": 420,
    "china standard time": 480, "singapore standard time": 480, "taipei standard time": 480,
    "w. australia standard time": 480, "tokyo standard time": 540, "korea standard time": 540,
    "aus central standard time": 570, "e. australia standard time": 600, "west pacific standard time": 600,
}  # fmt: skip
"""By name, the minutes east of UTC of the zones that Windows gives one offset for all time."""

_WITH_DAYLIGHT_SAVING = {
    "alaskan standard time": "America/Anchorage",
    "pacific standard time": "America/Los_Angeles",
    "mountain standard time": "America/Denver",
    "central standard time": "America/Chicago",
    "eastern standard time": "America/New_York",
    "atlantic standard time": "America/Halifax",
    "gmt standard time": "Europe/London",
    "w. europe standard time": "Europe/Berlin",
    "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw",
    "romance standard time": "Europe/Paris",
    "gtb standard time": "Europe/Bucharest",
    "fle standard time": "Europe/Kiev",
    "aus eastern standard time": "Australia/Sydney",
    "cen. australia standard time": "Australia/Adelaide",
    "tasmania standard time": "Australia/Hobart",
}
"""By name, the zone of the tz database with the same rules since 2008."""


def at_time_zone(value: Value, zone: Value, line: int) -> Value:
    """A date and time in a time zone, as DATETIMEOFFSET; one without an offset is taken to be local there.

    In the hour that an autumn repeats, a local time has the offset of summer; in the hour that a spring skips, it moves
    an hour ahead. Raises SqlError 8116 for another type, 40510 for another zone.
    """
    name = value.type.name
    if name not in ("smalldatetime", "datetime", "datetime2", "datetimeoffset"):
        raise sql_error(8116, name, 1, "AT TIME ZONE", line=line)
    if zone.constant is None:
        raise unsupported("AT TIME ZONE with a zone that is not a constant", line)
    zone_name = zone.constant.lower()
    declared = SqlType("datetimeoffset", scale=digits(value.type)[1])
    if zone_name in _FIXED:
        if name == "datetimeoffset":
            return Value(f"tsql_offset({key_value(value).sql}, {_FIXED[zone_name]})", declared)
        return Value(f"tsql_at({value.sql}, {_FIXED[zone_name]})", declared)
    if zone_name not in _WITH_DAYLIGHT_SAVING:
        raise unsupported(f"AT TIME ZONE '{zone.constant}'", line)
    place = quote(_WITH_DAYLIGHT_SAVING[zone_name])
    if name == "datetimeoffset":
        utc = key_value(value)
    else:
        local = convert(value, SqlType("datetime2", scale=7), line=line) if name == "smalldatetime" else value
        utc = Value(computed_once(lambda sql: f"tsql_zone_utc({place}, {sql})", local), SqlType("datetime2", scale=7))
    return Value(computed_once(lambda sql: f"tsql_in_zone({place}, {sql})", utc), declared)
