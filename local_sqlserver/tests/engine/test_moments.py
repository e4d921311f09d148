"""Dates and times: text, rounding, ranges, and DATETIMEOFFSET, in queries and in assignments.

Sources: the T-SQL reference, "datetime", "smalldatetime", "time", "datetimeoffset", "AT TIME ZONE", "DATE_BUCKET".
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import pytest

from tests.engine.conftest import Client


def at(minutes: int, *parts: int) -> datetime:
    year, month, day, *clock = parts
    hour, minute, second, microsecond = (*clock, 0, 0, 0, 0)[:4]
    return datetime(year, month, day, hour, minute, second, microsecond, timezone(timedelta(minutes=minutes)))


TEXTS: list[tuple[str, str, Any]] = [
    ("time(0)", "12:34:56.789", time(12, 34, 57)),
    ("time(0)", "23:59:59.5", time(0, 0)),
    ("time(1)", "12:34:56.789", time(12, 34, 56, 800000)),
    ("time(3)", "12:34:56.7894", time(12, 34, 56, 789000)),
    ("time(7)", "2024-01-01 9:05 PM", time(21, 5)),
    ("datetime2(0)", "2024-01-01 12:34:56.789", datetime(2024, 1, 1, 12, 34, 57)),
    ("datetime2(0)", "2024-12-31 23:59:59.5", datetime(2025, 1, 1)),
    ("datetime2(3)", "0001-01-01 00:00:00.0005", datetime(1, 1, 1, 0, 0, 0, 1000)),
    ("datetime2(6)", "2024-01-01 00:00:00.1234565", datetime(2024, 1, 1, 0, 0, 0, 123457)),
    ("datetime2(6)", "2024-01-01 00:00:00.1234564", datetime(2024, 1, 1, 0, 0, 0, 123456)),
    ("datetime2(3)", "2007-05-08 12:35:29.1234567 +12:15", datetime(2007, 5, 8, 12, 35, 29, 123000)),
    ("datetime", "1998-01-01 23:59:59.999", datetime(1998, 1, 2)),
    ("datetime", "1998-01-01 23:59:59.995", datetime(1998, 1, 1, 23, 59, 59, 997000)),
    ("datetime", "1998-01-01 23:59:59.994", datetime(1998, 1, 1, 23, 59, 59, 993000)),
    ("datetime", "1998-01-01 00:00:00.015", datetime(1998, 1, 1, 0, 0, 0, 17000)),
    ("datetime", "9999-12-31 23:59:59.998", datetime(9999, 12, 31, 23, 59, 59, 997000)),
    ("datetime", "1753-01-01 00:00:00.005", datetime(1753, 1, 1, 0, 0, 0, 7000)),
    ("datetime", "2024-01-01T10:00:00Z", datetime(2024, 1, 1, 10)),
    ("datetime", "Jan 5 2024 3:04:05.005 PM", datetime(2024, 1, 5, 15, 4, 5, 7000)),
    ("datetime", "10:20:30:5", datetime(1900, 1, 1, 10, 20, 30, 7000)),
    ("smalldatetime", "2007-05-08 12:59:59.998", datetime(2007, 5, 8, 13)),
    ("smalldatetime", "2007-05-08 12:35:29.998", datetime(2007, 5, 8, 12, 35)),
    ("smalldatetime", "2007-05-08 12:35:29.999", datetime(2007, 5, 8, 12, 36)),
    ("smalldatetime", "2079-06-06 23:59", datetime(2079, 6, 6, 23, 59)),
    ("date", "12/31/2024", date(2024, 12, 31)),
    ("date", "31 December 2024", date(2024, 12, 31)),
    ("date", "1/2/49", date(2049, 1, 2)),
    ("date", "500102", date(1950, 1, 2)),
    ("date", "2024-01-01T10:00:00+02:00", date(2024, 1, 1)),
    ("datetimeoffset(7)", "2024-01-01T10:00:00+02:00", at(120, 2024, 1, 1, 10)),
    ("datetimeoffset(0)", "2024-01-01 10:00:00.5 -02:30", at(-150, 2024, 1, 1, 10, 0, 1)),
    ("datetimeoffset(3)", "2024-01-01 10:00:00.1234567 +14:00", at(840, 2024, 1, 1, 10, 0, 0, 123000)),
    ("datetimeoffset(7)", "2024-01-01", at(0, 2024, 1, 1)),
    ("datetimeoffset(7)", "2024-01-01 10:00Z", at(0, 2024, 1, 1, 10)),
]

WRONG_TEXTS = [
    ("datetime", "31/12/2024", 242),
    ("datetime", "2024-02-30", 242),
    ("datetime", "20241301", 242),
    ("datetime", "1752-12-31", 242),
    ("datetime", "2024-01-01 25:00:00", 242),
    ("datetime", "Feb 30 2024", 242),
    ("datetime", "9999-12-31 23:59:59.999", 242),
    ("datetime", "abc", 241),
    ("datetime", "Foo 1 2024", 241),
    ("datetime", "2024-01-01 12:00:00.1234", 241),
    ("datetime", "2024-01-01T12:00:00+02:00", 241),
    ("smalldatetime", "1899-12-31", 242),
    ("smalldatetime", "2079-06-06 23:59:30", 242),
    ("smalldatetime", "2024-13-01", 242),
    ("date", "31/12/2024", 241),
    ("date", "2024-02-30", 241),
    ("datetime2", "2024-02-30", 241),
    ("time", "25:00", 241),
    ("datetimeoffset", "2024-01-01 10:00 +14:01", 241),
    ("datetimeoffset", "2024-01-01 10:00 +02:60", 241),
]


@pytest.mark.parametrize(("declared", "text", "expected"), TEXTS)
def test_a_text_is_the_same_moment_in_a_query_and_in_an_assignment(
    sql: Client, declared: str, text: str, expected: Any
) -> None:
    assert sql(f"SELECT CAST('{text}' AS {declared})").value == expected
    assert sql(f"DECLARE @v {declared} = '{text}'; SELECT @v").value == expected
    assert sql(f"SELECT CAST(x + '' AS {declared}) FROM (VALUES ('{text}')) AS v (x)").value == expected
    sql.good(f"CREATE TABLE t (v {declared} NOT NULL PRIMARY KEY)", f"INSERT INTO t VALUES ('{text}')")
    assert sql("SELECT v FROM t").value == expected
    assert sql(f"SELECT COUNT(*) FROM t WHERE v = CAST('{text}' AS {declared})").value == 1


@pytest.mark.parametrize(("declared", "text", "number"), WRONG_TEXTS)
def test_a_text_that_is_no_moment_fails_alike_in_a_query_and_in_an_assignment(
    sql: Client, declared: str, text: str, number: int
) -> None:
    sql.fails(f"SELECT CAST('{text}' AS {declared})", number)
    sql.fails(f"DECLARE @v {declared} = '{text}'", number)
    assert sql(f"SELECT TRY_CAST('{text}' AS {declared})").value is None


@pytest.mark.parametrize(
    ("source", "text", "declared", "expected"),
    [
        ("datetime", "2024-01-01 12:34:56.789", "datetime2(0)", datetime(2024, 1, 1, 12, 34, 57)),
        ("datetime", "2024-01-01 00:00:00.003", "datetime2(7)", datetime(2024, 1, 1, 0, 0, 0, 3333)),
        ("datetime", "2024-01-01 00:00:00.007", "datetime2(7)", datetime(2024, 1, 1, 0, 0, 0, 6667)),
        ("datetime", "2024-01-01 00:00:00.010", "datetime2(7)", datetime(2024, 1, 1, 0, 0, 0, 10000)),
        ("datetime", "1800-01-01 00:00:00.007", "datetime2(4)", datetime(1800, 1, 1, 0, 0, 0, 6700)),
        ("datetime", "2024-01-01 00:00:00.007", "datetime2(3)", datetime(2024, 1, 1, 0, 0, 0, 7000)),
        ("datetime", "2024-01-01 23:59:59.997", "time(7)", time(23, 59, 59, 996667)),
        ("datetime", "2024-01-01 23:59:59.997", "time(1)", time(0, 0)),
        ("datetime", "2024-01-01 12:35:30", "smalldatetime", datetime(2024, 1, 1, 12, 36)),
        ("datetime", "2024-01-01 00:00:00.003", "datetimeoffset(7)", at(0, 2024, 1, 1, 0, 0, 0, 3333)),
        ("datetime2(7)", "2024-01-01 12:34:56.789", "time(0)", time(12, 34, 57)),
        ("datetime2(7)", "2024-01-01 12:34:56.789", "datetime", datetime(2024, 1, 1, 12, 34, 56, 790000)),
        ("datetime2(7)", "2024-01-01 12:34:56.5", "datetime2(0)", datetime(2024, 1, 1, 12, 34, 57)),
        ("time(7)", "12:34:56.789", "time(2)", time(12, 34, 56, 790000)),
        ("time(7)", "12:34:56.789", "datetime2(1)", datetime(1900, 1, 1, 12, 34, 56, 800000)),
        ("time(7)", "12:34:56.789", "datetime", datetime(1900, 1, 1, 12, 34, 56, 790000)),
        ("date", "2024-01-01", "datetimeoffset", at(0, 2024, 1, 1)),
        ("datetimeoffset(7)", "2024-01-01 23:30:00.6 -02:00", "datetime2(0)", datetime(2024, 1, 1, 23, 30, 1)),
        ("datetimeoffset(7)", "2024-01-01 23:30 -02:00", "date", date(2024, 1, 1)),
        ("datetimeoffset(7)", "2024-01-01 23:30 -02:00", "time(0)", time(23, 30)),
        ("datetimeoffset(7)", "2024-01-01 23:30 -02:00", "datetime", datetime(2024, 1, 1, 23, 30)),
        ("datetimeoffset(7)", "2024-01-01 23:30:29 -02:00", "smalldatetime", datetime(2024, 1, 1, 23, 30)),
        ("datetimeoffset(7)", "2024-01-01 23:30:00.96 -02:00", "datetimeoffset(1)", at(-120, 2024, 1, 1, 23, 30, 1)),
    ],
)
def test_a_moment_is_rounded_when_its_type_changes(
    sql: Client, source: str, text: str, declared: str, expected: Any
) -> None:
    assert sql(f"SELECT CAST(CAST('{text}' AS {source}) AS {declared})").value == expected
    assert sql(f"DECLARE @s {source} = '{text}'; DECLARE @v {declared} = @s; SELECT @v").value == expected
    sql.good(f"CREATE TABLE t (v {declared})", f"DECLARE @s {source} = '{text}'; INSERT INTO t VALUES (@s)")
    assert sql("SELECT v FROM t").value == expected


@pytest.mark.parametrize(
    ("source", "text", "declared"),
    [
        ("datetime2", "1752-12-31", "datetime"),
        ("date", "1752-12-31", "datetime"),
        ("date", "1899-12-31", "smalldatetime"),
        ("datetime2", "2079-06-06 23:59:30", "smalldatetime"),
        ("datetimeoffset", "0001-01-02 00:00 +01:00", "datetime"),
    ],
)
def test_a_moment_out_of_a_type_s_range_is_error_242(sql: Client, source: str, text: str, declared: str) -> None:
    sql.fails(f"SELECT CAST(CAST('{text}' AS {source}) AS {declared})", 242)
    sql.fails(f"DECLARE @s {source} = '{text}'; DECLARE @v {declared} = @s", 242)
    assert sql(f"SELECT TRY_CAST(CAST('{text}' AS {source}) AS {declared})").value is None


BERLIN = "'Central European Standard Time'"

EXPRESSIONS: list[tuple[str, Any]] = [
    ("IIF(CAST('2024-01-01 00:00:00.003' AS DATETIME) = CAST('2024-01-01 00:00:00.003' AS DATETIME2), 1, 0)", 0),
    ("IIF(CAST('2024-01-01 00:00:00.010' AS DATETIME) = CAST('2024-01-01 00:00:00.010' AS DATETIME2), 1, 0)", 1),
    ("IIF(CAST('00:00:00' AS TIME(0)) < CAST('00:00:00.4' AS TIME(1)), 1, 0)", 1),
    ("IIF(CAST('2024-01-01' AS DATETIME2(0)) < CAST('2024-01-01 00:00:00.4' AS DATETIME2(1)), 1, 0)", 1),
    ("IIF(CAST('2024-01-01' AS DATETIMEOFFSET(0)) < CAST('2024-01-01 00:00:00.4' AS DATETIME2(1)), 1, 0)", 1),
    ("DATEDIFF(microsecond, CAST('2024-01-01' AS DATETIME), CAST('2024-01-01 00:00:00.003' AS DATETIME))", 3333),
    ("IIF(@d = '2024-01-01T08:00:00Z', 1, 0)", 1),
    ("IIF(@d > CAST('2024-01-01 07:59' AS DATETIME), 1, 0)", 1),
    ("IIF(@d IN ('2024-01-01T09:00:00+01:00', NULL), 1, 0)", 1),
    ("DATEDIFF(minute, @d, CAST('2024-01-01T08:00:00+00:00' AS DATETIMEOFFSET))", 0),
    ("DATEDIFF(day, CAST('2024-01-01T01:00+02:00' AS DATETIMEOFFSET), CAST('2024-01-01' AS DATETIME2))", 1),
    ("DATEPART(hour, @d)", 10),
    ("DATEPART(tz, @d)", 120),
    ("DATEPART(tzoffset, '2007-05-10 00:00:01.1234567 +05:10')", 310),
    ("DATENAME(tzoffset, @d)", "+02:00"),
    ("DATENAME(weekday, @d)", "Monday"),
    ("YEAR(@d)", 2024),
    ("EOMONTH(@d)", date(2024, 1, 31)),
    ("DATEADD(month, 1, CAST('2024-01-31T01:00+02:00' AS DATETIMEOFFSET))", at(120, 2024, 2, 29, 1)),
    ("DATETRUNC(day, @d)", at(120, 2024, 1, 1)),
    ("SWITCHOFFSET(@d, '-05:00')", at(-300, 2024, 1, 1, 3)),
    ("SWITCHOFFSET(@d, 60)", at(60, 2024, 1, 1, 9)),
    ("TODATETIMEOFFSET(CAST('2024-01-01 10:00' AS DATETIME2), '+03:00')", at(180, 2024, 1, 1, 10)),
    ("TODATETIMEOFFSET(@d, '-03:00')", at(-180, 2024, 1, 1, 10)),
    ("DATETIMEOFFSETFROMPARTS(2011, 8, 15, 14, 23, 23, 5, -12, -30, 1)", at(-750, 2011, 8, 15, 14, 23, 23, 500000)),
    ("CAST(CAST('2024-01-01 10:00:00.1234567 +05:30' AS DATETIMEOFFSET(3)) AS VARCHAR(50))",
     "2024-01-01 10:00:00.123 +05:30"),
    ("CONVERT(VARCHAR(50), CAST('2024-01-01 10:00 -05:30' AS DATETIMEOFFSET(0)), 126)", "2024-01-01T10:00:00-05:30"),
    ("CONVERT(VARCHAR(50), @d, 120)", "2024-01-01 10:00:00 +02:00"),
    ("CONVERT(VARCHAR(50), @d, 103)", "01/01/2024"),
    ("CONVERT(DATETIME2(0), @d, 1)", datetime(2024, 1, 1, 8)),
    (f"CAST('2022-03-27T01:01:00' AS DATETIME2(0)) AT TIME ZONE {BERLIN}", at(60, 2022, 3, 27, 1, 1)),
    (f"CAST('2022-03-27T02:01:00' AS DATETIME2(0)) AT TIME ZONE {BERLIN}", at(120, 2022, 3, 27, 3, 1)),
    (f"CAST('2022-10-30T02:00:00' AS DATETIME2(0)) AT TIME ZONE {BERLIN}", at(120, 2022, 10, 30, 2)),
    (f"CAST('2022-10-30T03:01:00' AS DATETIME2(0)) AT TIME ZONE {BERLIN}", at(60, 2022, 10, 30, 3, 1)),
    ("CAST('2022-07-01 12:00' AS DATETIME) AT TIME ZONE 'UTC' AT TIME ZONE 'Eastern Standard Time'",
     at(-240, 2022, 7, 1, 8)),
    ("@d AT TIME ZONE 'India Standard Time'", at(330, 2024, 1, 1, 13, 30)),
    ("SMALLDATETIMEFROMPARTS(2010, 12, 31, 23, 59)", datetime(2010, 12, 31, 23, 59)),
    ("DATETIME2FROMPARTS(2024, 1, 2, 3, 4, 5, 1234567, 7)", datetime(2024, 1, 2, 3, 4, 5, 123456)),
    ("DATE_BUCKET(week, 1, CAST('2021-06-23' AS DATE))", date(2021, 6, 21)),
    ("DATE_BUCKET(month, 2, CAST('2021-06-23 01:02:03' AS DATETIME2))", datetime(2021, 5, 1)),
    ("DATE_BUCKET(year, 5, CAST('1899-12-31' AS DATE))", date(1895, 1, 1)),
    ("DATE_BUCKET(hour, 5, CAST('1899-12-31 23:30' AS DATETIME))", datetime(1899, 12, 31, 19)),
    ("DATE_BUCKET(week, 5, CAST('2020-04-15 21:22:11' AS DATETIME2), CAST('2020-02-01' AS DATETIME2))",
     datetime(2020, 4, 11)),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS)
def test_an_expression_of_moments_has_sql_servers_value(sql: Client, expression: str, expected: Any) -> None:
    result = sql(f"DECLARE @d DATETIMEOFFSET = '2024-01-01T10:00:00+02:00'; SELECT {expression}").value
    assert result == expected
    if isinstance(expected, datetime) and expected.tzinfo:
        assert result.utcoffset() == expected.utcoffset()


@pytest.mark.parametrize(
    ("expression", "number"),
    [
        ("SWITCHOFFSET(SYSDATETIMEOFFSET(), '+15:00')", 9812),
        ("SWITCHOFFSET(SYSDATETIMEOFFSET(), 841)", 9812),
        ("TODATETIMEOFFSET(SYSDATETIME(), 'Berlin')", 9812),
        ("DATETIMEOFFSETFROMPARTS(2011, 8, 15, 14, 23, 23, 0, 12, -30, 0)", 289),
        ("DATETIMEFROMPARTS(1752, 1, 1, 0, 0, 0, 0)", 289),
        ("DATETIME2FROMPARTS(2024, 1, 2, 3, 4, 5, 10, 1)", 289),
        ("DATETIME2FROMPARTS(2024, 1, 2, 24, 0, 0, 0, 0)", 289),
        ("SMALLDATETIMEFROMPARTS(2079, 6, 7, 0, 0)", 289),
        ("DATE_BUCKET(day, 0, CAST('2024-01-01' AS DATE))", 9834),
        ("DATE_BUCKET(hour, 1, CAST('2024-01-01' AS DATE))", 9810),
        ("DATEPART(tz, SYSDATETIME())", 9810),
        ("DATEADD(tz, 1, SYSDATETIMEOFFSET())", 9810),
        ("CAST('2024-01-01' AS DATE) AT TIME ZONE 'UTC'", 8116),
        ("SYSDATETIME() AT TIME ZONE 'Europe/Berlin'", 40510),
        ("CAST('2007-12-31' AS DATETIME2) AT TIME ZONE 'Eastern Standard Time'", 40510),
    ],
)
def test_an_expression_of_moments_fails_by_number(sql: Client, expression: str, number: int) -> None:
    sql.fails(f"SELECT {expression}", number)


def test_offsets_are_stored_and_rows_are_compared_by_instant(sql: Client) -> None:
    sql.good(
        "CREATE TABLE t (d DATETIMEOFFSET NOT NULL UNIQUE, n INT)",
        "INSERT INTO t VALUES ('2024-01-01T10:00:00+02:00', 1), ('2024-01-01T10:00:00+03:00', 2)",
    )
    assert sql("SELECT d FROM t ORDER BY d").rows == [(at(180, 2024, 1, 1, 10),), (at(120, 2024, 1, 1, 10),)]
    sql.fails("INSERT INTO t VALUES ('2024-01-01T08:00:00Z', 3)", 2627)
    sql.good("CREATE TABLE u (d DATETIMEOFFSET)", "INSERT INTO u OUTPUT inserted.d SELECT d FROM t")
    assert sql("SELECT COUNT(*) FROM t JOIN u ON t.d = u.d").value == 2
    doubled = "(SELECT d FROM t UNION ALL SELECT SWITCHOFFSET(d, 0) FROM t) AS x"
    assert sql(f"SELECT COUNT(*), COUNT(DISTINCT d) FROM {doubled}").rows == [(4, 2)]
    assert len(sql(f"SELECT DISTINCT d FROM {doubled}").rows) == 2
    assert [row[1] for row in sql(f"SELECT d, COUNT(*) FROM {doubled} GROUP BY d").rows] == [2, 2]
    assert len(sql("SELECT d FROM t EXCEPT SELECT SWITCHOFFSET(d, 60) FROM t WHERE n = 1").rows) == 1
    assert sql("SELECT MAX(d) FROM t").value == at(120, 2024, 1, 1, 10)
    sql.good("UPDATE t SET d = '2025-01-01T00:00:00-01:00' WHERE d = '2024-01-01T08:00:00Z'")
    assert sql("SELECT MAX(d) FROM t").value.utcoffset() == timedelta(hours=-1)


def test_an_offset_survives_procedures_and_inserts_of_their_rows(sql: Client) -> None:
    sql.good(
        "CREATE PROCEDURE p @d DATETIMEOFFSET OUTPUT AS SET @d = DATEADD(hour, 1, @d) SELECT @d",
        "CREATE TABLE t (d DATETIMEOFFSET)",
        "DECLARE @d DATETIMEOFFSET = '2024-01-01T10:00:00+02:00'; INSERT t EXEC p @d OUTPUT; INSERT t VALUES (@d)",
        "DECLARE @t TABLE (d DATETIMEOFFSET); INSERT t OUTPUT inserted.d INTO @t SELECT d FROM t; "
        "INSERT t SELECT d FROM @t",
    )
    rows = sql("SELECT d FROM t").rows
    assert rows == [(at(120, 2024, 1, 1, 11),)] * 6
    assert {row[0].utcoffset() for row in rows} == {timedelta(hours=2)}


def test_the_first_day_of_a_week_is_that_of_the_session_and_of_its_procedure(sql: Client) -> None:
    sunday = "CAST('2024-01-07' AS DATE)"
    sql.good(
        f"CREATE VIEW days AS SELECT DATEPART(weekday, {sunday}) AS n",
        "CREATE TABLE kept (d DATE, n AS DATEPART(weekday, d)); INSERT kept VALUES ('2024-01-07')",
        "CREATE PROCEDURE by_monday AS SET DATEFIRST 1; SELECT n FROM days UNION ALL SELECT n FROM kept",
    )
    result = sql("SET DATEFIRST 6; SELECT n FROM days; EXEC by_monday; SELECT n, @@DATEFIRST FROM kept")
    assert result.sets == [[(2,)], [(7,), (7,)], [(2, 6)]]
    aborted = f"""BEGIN TRANSACTION; SET DATEFIRST 1; DECLARE @n INT;
        BEGIN TRY SELECT 1 / 0; END TRY BEGIN CATCH SET DATEFIRST 2; SET @n = DATEPART(weekday, {sunday}); END CATCH;
        SELECT @n, n FROM days; ROLLBACK; SELECT n FROM days"""
    assert sql(aborted).sets[-2:] == [[(6, 6)], [(6,)]]
