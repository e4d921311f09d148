"""DuckDB macros for the compiled SQL: conversions of text, date arithmetic within its limits, raising of errors.

They are installed once, into the in-memory database in which every connection begins and to which it attaches the
others. A view that uses them resolves them when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from local_sqlserver.collation import DATABASE
from local_sqlserver.compiler import folding, python_functions
from local_sqlserver.compiler.failures import ARGUMENT_MARK, ERROR_MARK, tsql_fail
from local_sqlserver.types import DAYS

if TYPE_CHECKING:
    import duckdb

_MOST_ARGUMENTS = 6

# T-SQL counts UTF-16 code units, DuckDB characters; they differ beyond U+FFFF. tsql_spread puts a noncharacter after
# each such character, so that it counts as two, and tsql_gather removes it again. tsql_units gives the order of code
# units: it puts U+10FFFF before characters from U+E000 to U+FFFF, which UTF-16 sorts after those beyond U+FFFF.

_EXPRESSIONS = {
    "CLOCK": r"(\d{1,2}(:\d\d(:\d\d([.:]\d{1,9})?)?( ?[AaPp][Mm])?| ?[AaPp][Mm])( ?(Z|[+-]\d\d?:\d\d))?)",
    "MONTH": "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    "CURRENCY": r"[$¢-¥\\৲৳฿៛₡-₥₧-₱﹩＄￠￡￥￦]",
    "LEADING": r"[\t-\r \x{A0}]",
}
"""Parts of DEFINITIONS in RE2, by name: a time of day at the end of a text, the name of a month, the sign of a currency
(source: "money and smallmoney"), and the blanks that ISNUMERIC ignores."""

# Texts as dates: each regular expression of tsql_date_of_text rewrites one form to year-month-day, and the others leave
# it. with_century and without_century rewrite the two forms whose order depends on the style. The macros name a text
# once, because DuckDB plans each copy of it anew in each statement.

DEFINITIONS = r"""
tsql_divide(a, b) AS CASE WHEN b = 0 THEN tsql_raise(8134) ELSE a / b END;

tsql_has_pairs(v) AS CASE WHEN strlen(v) - length(v) >= 3 THEN regexp_matches(v, '[\x{10000}-\x{10FFFF}]')
    ELSE false END;

tsql_units(v) AS CASE WHEN strlen(v) = length(v) THEN v
    ELSE regexp_replace(v, '([\x{E000}-\x{FFFF}])', concat(chr(1114111), '\1'), 'g') END;

tsql_spread(v) AS regexp_replace(v, '([\x{10000}-\x{10FFFF}])', concat('\1', chr(64976)), 'g');

tsql_gather(v) AS replace(regexp_replace(
    regexp_replace(v, concat('^', chr(64976)), chr(65533)), '[\x{10000}-\x{10FFFF}]$', chr(65533)), chr(64976), '');

tsql_len(v) AS CASE WHEN tsql_has_pairs(v) THEN length(tsql_spread(v)) ELSE length(v) END;

tsql_fit(v, n) AS CASE
    WHEN tsql_has_pairs(v)
        THEN replace(regexp_replace(left(tsql_spread(v), n), '[\x{10000}-\x{10FFFF}]$', ''), chr(64976), '')
    ELSE left(v, n) END;

tsql_left(v, n) AS CASE WHEN tsql_has_pairs(v) THEN tsql_gather(left(tsql_spread(v), n)) ELSE left(v, n) END;

tsql_right(v, n) AS CASE WHEN tsql_has_pairs(v) THEN tsql_gather(right(tsql_spread(v), n)) ELSE right(v, n) END;

tsql_pad(v, n) AS CASE WHEN tsql_has_pairs(v) THEN rpad(v, CAST(n - tsql_len(v) + length(v) AS INTEGER), ' ')
    ELSE rpad(v, n, ' ') END;

tsql_surrogate(n) AS CASE WHEN n BETWEEN 55296 AND 57343
    THEN tsql_raise(40510, 'NCHAR of half a surrogate pair') ELSE chr(n) END;

tsql_unicode(v) AS CASE WHEN unicode(v) > 65535 THEN 55296 + (unicode(v) - 65536) // 1024 ELSE unicode(v) END;

tsql_char(n) AS CASE
    WHEN n BETWEEN 128 AND 159 THEN tsql_decode_1252(unhex(printf('%02X', n)))
    WHEN n BETWEEN 0 AND 255 THEN chr(n) END;

tsql_ascii(v) AS CASE
    WHEN v = '' THEN NULL
    WHEN unicode(v) < 128 OR unicode(v) BETWEEN 160 AND 255 THEN unicode(v)
    ELSE TRY_CAST(concat('0x', hex(tsql_encode_1252(left(v, 1)))) AS INTEGER) END;

tsql_integer_text(v) AS CASE
    WHEN regexp_full_match(v, ' *[+-]?[0-9]+ *') THEN v
    WHEN trim(v, ' ') IN ('', '+', '-') THEN '0' END;

tsql_integer_failure(v, source, target) AS CASE
    WHEN v IS NULL THEN NULL
    WHEN tsql_integer_text(v) IS NULL AND target = 'bigint' THEN tsql_raise(8114, source, target)
    WHEN tsql_integer_text(v) IS NULL THEN tsql_raise(245, source, v, target)
    WHEN target = 'bigint' THEN tsql_raise(8115, 'expression', target)
    WHEN target = 'int' THEN tsql_raise(248, source, v)
    ELSE tsql_raise(244, source, v, CASE target WHEN 'tinyint' THEN 'INT1' ELSE 'INT2' END) END;

tsql_decimal_text(v) AS CASE WHEN regexp_full_match(trim(v, ' '), '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)') THEN trim(v,
    ' ') END;

tsql_decimal_failure(v, source) AS CASE
    WHEN v IS NULL THEN NULL
    WHEN tsql_decimal_text(v) IS NULL THEN tsql_raise(8114, source, 'numeric')
    ELSE tsql_raise(8115, source, 'numeric') END;

tsql_money_text(v) AS CASE
    WHEN regexp_full_match(trim(v, ' '), '[+-]?CURRENCY?[+-]?[0-9,]*\.?[0-9]*')
        THEN CASE WHEN regexp_matches(v, '[0-9]') THEN regexp_replace(trim(v, ' '), 'CURRENCY|,', '', 'g') ELSE '0' END
    END;

tsql_money_failure(v, target) AS CASE
    WHEN v IS NULL THEN NULL
    WHEN tsql_money_text(v) IS NOT NULL THEN tsql_raise(8115, 'expression', target)
    WHEN target = 'money' THEN tsql_raise(235)
    ELSE tsql_raise(293) END;

tsql_float_text(v) AS CASE
    WHEN trim(v, ' ') = '' THEN '0'
    WHEN regexp_full_match(trim(v, ' '), '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eEdD][+-]?[0-9]+)?')
        THEN regexp_replace(trim(v, ' '), '[dD]', 'e') END;

tsql_float_failure(v, source, target) AS CASE
    WHEN v IS NULL THEN NULL
    WHEN tsql_float_text(v) IS NULL THEN tsql_raise(8114, source, target)
    ELSE tsql_raise(8115, 'expression', target) END;

tsql_guid_text(v) AS regexp_extract(v, '^{?([0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12})', 1);

tsql_bit(v) AS CAST(CASE
    WHEN lower(trim(v, ' ')) = 'true' THEN 1
    WHEN lower(trim(v, ' ')) = 'false' THEN 0
    WHEN tsql_integer_text(v) IS NOT NULL THEN CASE WHEN regexp_full_match(tsql_integer_text(v), ' *[+-]?0+ *')
        THEN 0 ELSE 1 END
    END AS TINYINT);

tsql_isnumeric(v) AS CASE
    WHEN v IS NULL THEN 0
    WHEN regexp_full_match(v, 'LEADING*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eEdD][+-]?[0-9]+)? *') THEN 1
    WHEN regexp_full_match(v, 'LEADING*[+-]?CURRENCY?[+-]?[0-9,]*\.?[0-9]* *') AND trim(v, ' ') <> '' THEN 1
    ELSE 0 END;

tsql_float_to_text(v, style) AS CASE
    WHEN v IS NULL THEN NULL
    WHEN style = 1 THEN regexp_replace(format('{:.7e}', v), 'e([+-])(\d\d)$', 'e\10\2')
    WHEN style = 2 THEN regexp_replace(format('{:.15e}', v), 'e([+-])(\d\d)$', 'e\10\2')
    WHEN style = 3 THEN regexp_replace(format('{:.16e}', v), 'e([+-])(\d\d)$', 'e\10\2')
    WHEN v = 0 THEN '0'
    ELSE regexp_replace(format('{:.6g}', v), 'e([+-])(\d\d)$', 'e\10\2') END;

tsql_fixed(v, places) AS format('{:.{}f}', round(v, CAST(places AS INTEGER)) + 0.0, CAST(places AS INTEGER));

tsql_str(v, width, places) AS CASE
    WHEN v IS NULL OR places IS NULL OR width <= 0 OR places < 0 THEN NULL
    WHEN length(tsql_fixed(v, 0)) > width THEN repeat('*', width)
    ELSE lpad(
        tsql_fixed(v, greatest(least(places, 16, width - length(tsql_fixed(v, 0)) - 1), 0)),
            CAST(width AS INTEGER), ' ')
    END;

tsql_round_float(v, places) AS CASE
    WHEN abs(v) >= 1e15 THEN v
    WHEN places >= 0 THEN round(v, places)
    ELSE round(v / pow(10.0, -places)) * pow(10.0, -places) END;

tsql_truncate_integer(v, places) AS CASE
    WHEN places >= 0 THEN v
    WHEN places < -18 THEN v * 0
    ELSE v - v % CAST(pow(10, -places) AS BIGINT) END;

tsql_group_digits(v) AS regexp_extract(v, '^-?')
    || ltrim(reverse(regexp_replace(reverse(regexp_extract(v, '^-?(\d+)', 1)), '(\d{3})', '\1,', 'g')), ',')
    || regexp_extract(v, '\..*$');

tsql_iso_date(y, m, d) AS CASE WHEN TRY_CAST(y AS INTEGER) > 0 THEN concat(
    lpad(CAST(y AS VARCHAR), 4, '0'), '-', lpad(CAST(m AS VARCHAR), 2, '0'), '-', lpad(CAST(d AS VARCHAR), 2, '0')) END;

tsql_date_of_text(d, with_century, without_century) AS CAST(try_strptime(
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        d,
        '^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$', with_century),
        '^(\d{1,2})[-/.](\d{1,2})[-/.](\d\d)$', without_century),
        concat('(?i)^(\d{4})[-/.](\d\d?)[-/.](\d\d?)$|^(\d\d|\d{4})(\d\d)(\d\d)$|',
            '^(\d\d?)[- /.]*([a-z]{3,9}),?[- /.]*(\d{4}|\d\d)$'), '\1\4\9-\2\5\8-\3\6\7'),
        '(?i)^([a-z]{3,9}) +(\d{1,2})(?:,| |, +) *(\d{4}|\d\d)$', '\3-\1-\2'),
        concat('(?i)^([a-z]{3,9}),? +(\d{4})(?: +(\d\d?))?$|^(\d{4}) +([a-z]{3,9})(?: +(\d\d?))?$|',
            '^(\d{4}) +(\d\d?) +([a-z]{3,9})$'), '\2\4\7-\1\5\9-\3\6\8'),
        '([A-Za-z]-)$', '\11'),
        '^(\d{4})$', '\1-1-1'),
        '^(\d-)', '0\1'),
        '^([0-4]\d-)', '20\1'),
        '^([5-9]\d-)', '19\1'),
        '^$', '1900-1-1'),
        '^0000', ''),
    ['%Y-%m-%d', '%Y-%b-%d', '%Y-%B-%d']) AS DATE);

tsql_time_of_text(c) AS CASE
    WHEN c = '' THEN TIME '00:00:00'
    WHEN regexp_matches(c, '^(1[3-9]|2\d).*[Aa]|^00?(\D.*)?[Pp]') THEN NULL
    ELSE CAST(try_strptime(
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            c,
            ' ?[AaPp][Mm]$', ''),
            '^(\d+:\d+:\d+):(\d)$', '\1.00\2'),
            '^(\d+:\d+:\d+):(\d\d)$', '\1.0\2'),
            '^(\d+:\d+:\d+)[.:](\d{1,6})\d*$', '\1.\2'),
        ['%H:%M:%S.%f', '%H:%M:%S', '%H:%M', '%H']) AS TIME)
        + to_hours(CASE WHEN regexp_matches(c, '^(0?[1-9]|1[01])(\D.*)?[Pp]|^12.*[Aa]') THEN 12 ELSE 0 END)
    END;

tsql_timestamp(v, with_century, without_century) AS CASE
    WHEN v IS NULL OR starts_with(v, '0000') THEN NULL
    WHEN strlen(v) = 8 AND TRY_CAST(v AS INTEGER) >= 10000000 THEN try_strptime(v, '%Y%m%d')
    WHEN regexp_full_match(v, '\d{4}-\d\d-\d\d([ T]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?)?')
        THEN TRY_CAST(v AS TIMESTAMP)
    ELSE tsql_date_of_text(regexp_replace(trim(v, ' '), '( *[T ]|^)CLOCK$', ''), with_century, without_century)
        + tsql_time_of_text(ltrim(regexp_replace(
            regexp_extract(trim(v, ' '), '([T ]|^)CLOCK$'), ' ?(Z|[+-]\d\d?:\d\d)$', ''), 'T '))
    END;

tsql_isdate(v) AS CASE
    WHEN v IS NULL OR trim(v, ' ') = '' OR regexp_matches(v, ':\d\d(\.\d{4,}|.*[+-]\d\d:\d\d *$)')
        OR coalesce(tsql_old_timestamp(v) < tsql_first('datetime'), true) THEN 0
    ELSE 1 END;

tsql_zone(v) AS regexp_extract(v, '[0-9AaPpMm] ?([+-]\d\d?:\d\d) *$', 1);

tsql_zone_minutes(zone) AS CASE
    WHEN zone = '' OR zone IN ('Z', 'z') THEN 0
    WHEN regexp_full_match(zone, '[+-](0?\d|1[0-3]):[0-5]\d|[+-]14:00')
        THEN (CAST(zone[2:-4] AS INTEGER) * 60 + CAST(zone[-2:] AS INTEGER)) * CASE zone[1] WHEN '-' THEN -1 ELSE 1 END
    END;

tsql_in_range(t, low, high, source, target) AS CASE
    WHEN t < low OR t >= high THEN tsql_raise(242, source, target)
    ELSE t END;

tsql_try_in_range(t, low, high) AS CASE WHEN t >= low AND t < high THEN t END;

tsql_moment_failure(v, source, target) AS CASE
    WHEN v IS NULL THEN NULL
    WHEN regexp_full_match(trim(v, ' '), concat(
            '(?i)(\d{8}|\d{6}|\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](\d{4}|\d\d)',
            '|\d\d?[ -]MONTH[a-z]*,?[ -]\d{4}|MONTH[a-z]* \d{1,2},? +\d{4})?',
            '([T ]|^|$)(\d{1,2}:\d\d(:\d\d([.:]\d{1,3})?)?( ?[ap]m)?Z?)?'))
        THEN tsql_raise(242, source, target)
    ELSE tsql_raise(241) END;

tsql_ticks(t) AS ((epoch_us(t) + 62135596800000000) * 3 + 5000) // 10000;

tsql_of_ticks(n) AS make_timestamp((n * 10 + 1) // 3 * 1000 - 62135596800000000);

tsql_datetime(t) AS tsql_of_ticks(tsql_ticks(t));

tsql_thirds(t) AS make_timestamp((tsql_ticks(t) * 20000 + 3) // 6 - 62135596800000000);

tsql_rounded_up(t) AS CASE WHEN t >= TIMESTAMP '10000-01-01'
    THEN tsql_raise(40510, 'A time that rounds up to the year 10000') ELSE t END;

tsql_round_timestamp(t, unit) AS tsql_rounded_up(make_timestamp(
    (epoch_us(t) + 62135596800000000 + unit // 2) // unit * unit - 62135596800000000));

tsql_offset(t, minutes) AS CASE
    WHEN t IS NULL OR minutes IS NULL THEN NULL
    WHEN t < TIMESTAMP '0001-01-01' OR t >= TIMESTAMP '10000-01-01' THEN tsql_raise(517, 'datetimeoffset')
    ELSE struct_pack(utc := t, minutes := CAST(minutes AS SMALLINT)) END;

tsql_local(v) AS CAST(struct_extract(v, 'utc') AS TIMESTAMP)
    + to_minutes(CAST(struct_extract(v, 'minutes') AS INTEGER));

tsql_at(local, minutes) AS tsql_offset(local - to_minutes(minutes), minutes);

tsql_zone_text(minutes) AS CASE WHEN minutes IS NOT NULL THEN printf('%s%02d:%02d', CASE WHEN minutes < 0 THEN '-' ELSE
    '+' END, abs(minutes) // 60, abs(minutes) % 60) END;

tsql_date_result(d) AS CASE
    WHEN d > DATE '9999-12-31' OR d < DATE '0001-01-01' THEN tsql_raise(517, 'date')
    ELSE d END;

tsql_moment_in_range(t, type_name) AS CASE
    WHEN t >= tsql_end(type_name) OR t < tsql_first(type_name) THEN tsql_raise(8115, 'expression', type_name)
    ELSE t END;

tsql_timestamp_result(t, type_name) AS CASE
    WHEN t >= tsql_end(type_name) OR t < tsql_first(type_name) THEN tsql_raise(517, type_name)
    ELSE t END;

tsql_truncated(t, type_name) AS CASE
    WHEN t < tsql_first(type_name) THEN tsql_raise(9837)
    ELSE t END;

tsql_finite(v, type_name) AS CASE
    WHEN isinf(v) THEN tsql_raise(8115, 'expression', type_name)
    WHEN isnan(v) THEN tsql_raise(3623)
    ELSE v END;

tsql_power(v, exponent) AS CASE WHEN v = 0 AND exponent < 0 THEN tsql_raise(3623) ELSE pow(v, exponent) END;

tsql_at_least(n, lowest, number) AS CASE WHEN n < lowest THEN tsql_raise(number)
    WHEN n > 4611686018427387904 THEN 4611686018427387904 ELSE n END;

tsql_top(n) AS CASE WHEN n IS NULL THEN tsql_raise(1014) ELSE tsql_at_least(n, 0, 127) END;

tsql_top_percent(n) AS CASE WHEN n IS NULL THEN tsql_raise(1014) WHEN n BETWEEN 0 AND 100 THEN n
    ELSE tsql_raise(1031) END;

tsql_offset_from_parts(hours, minutes) AS CASE
    WHEN abs(hours) > 14 OR abs(minutes) > 59 OR abs(hours * 60 + minutes) > 840 OR hours * minutes < 0
        THEN tsql_raise(289, 'datetimeoffset')
    ELSE hours * 60 + minutes END;

tsql_given_minutes(minutes, function_name) AS CASE
    WHEN abs(minutes) > 840 THEN tsql_raise(9812, function_name)
    ELSE minutes END;

tsql_given_zone(zone, function_name) AS CASE
    WHEN zone IS NULL THEN NULL
    WHEN zone <> '' THEN coalesce(tsql_zone_minutes(zone), tsql_raise(9812, function_name))
    ELSE tsql_raise(9812, function_name) END;

tsql_zone_local(zone, utc) AS timezone(zone, timezone('UTC', utc));

tsql_zone_utc(zone, local) AS timezone('UTC', timezone(zone, local))
    - to_hours(CASE WHEN tsql_zone_local(zone, timezone('UTC', timezone(zone, local)) - to_hours(1)) = local
        THEN 1 ELSE 0 END);

tsql_in_zone(zone, utc) AS CASE
    WHEN year(utc) < 2008 THEN tsql_raise(40510, 'AT TIME ZONE before 2008')
    ELSE tsql_offset(utc, date_diff('minute', utc, tsql_zone_local(zone, utc))) END;

tsql_bucket_width(n) AS CASE WHEN n <= 0 THEN tsql_raise(9834) ELSE n END;

tsql_bucket(t, origin, width) AS origin + to_microseconds(
    (epoch_us(t) - epoch_us(origin)) - ((epoch_us(t) - epoch_us(origin)) % width + width) % width);

tsql_whole_months(origin, t) AS date_diff('month', origin, t)
    - CASE WHEN origin + to_months(CAST(date_diff('month', origin, t) AS INTEGER)) > t THEN 1 ELSE 0 END;

tsql_month_bucket(t, origin, width) AS origin + to_months(CAST(tsql_whole_months(origin, t)
    - (tsql_whole_months(origin, t) % width + width) % width AS INTEGER));

tsql_datediff(n) AS CASE
    WHEN n BETWEEN -2147483648 AND 2147483647 THEN CAST(n AS INTEGER)
    WHEN n IS NOT NULL THEN tsql_raise(535, 'datediff', 'datediff')
    END;

tsql_date_from_parts(y, m, d) AS CASE
    WHEN y IS NULL OR m IS NULL OR d IS NULL THEN NULL
    ELSE coalesce(
        TRY_CAST(CASE WHEN y BETWEEN 1 AND 9999 AND m BETWEEN 1 AND 12 AND d BETWEEN 1 AND 31
            THEN tsql_iso_date(y, m, d) END AS DATE),
        tsql_raise(289, 'date')) END;

tsql_timestamp_from_parts(y, m, d, h, mi, s, us, type_name) AS CASE
    WHEN y IS NULL OR m IS NULL OR d IS NULL OR h IS NULL OR mi IS NULL OR s IS NULL OR us IS NULL THEN NULL
    WHEN us NOT BETWEEN 0 AND 999999 OR h > 23 OR y > 9999 OR y < year(tsql_first(type_name))
            OR y * 10000 + m * 100 + d >= CAST(strftime(tsql_end(type_name), '%Y%m%d') AS BIGINT)
        THEN tsql_raise(289, type_name)
    ELSE coalesce(
        TRY_CAST(concat(tsql_iso_date(y, m, d), ' ', lpad(CAST(h AS VARCHAR), 2, '0'), ':',
            lpad(CAST(mi AS VARCHAR), 2, '0'), ':',
            lpad(CAST(s AS VARCHAR), 2, '0'), '.', lpad(CAST(us AS VARCHAR), 6, '0')) AS TIMESTAMP),
        tsql_raise(289, type_name)) END;

tsql_like(v, pattern, escape_character, exact, blanks) AS CASE
    WHEN v IS NULL OR pattern IS NULL THEN NULL
    WHEN contains(pattern, '[') OR escape_character <> '' THEN CASE
        WHEN exact THEN regexp_full_match(v, concat(tsql_like_regex(pattern, escape_character), blanks), 's')
        ELSE regexp_full_match(v, concat(tsql_like_regex(pattern, escape_character), blanks), 'si') END
    WHEN blanks <> '' AND ends_with(v, ' ') AND exact
        THEN regexp_full_match(v, concat(tsql_like_regex(pattern, escape_character), blanks), 's')
    WHEN blanks <> '' AND ends_with(v, ' ')
        THEN regexp_full_match(v, concat(tsql_like_regex(pattern, escape_character), blanks), 'si')
    WHEN exact THEN v LIKE replace(pattern, '\', '\\') ESCAPE '\'
    ELSE lower(v) LIKE lower(replace(pattern, '\', '\\')) ESCAPE '\' END;

tsql_length(n, function_name) AS CASE
    WHEN n < 0 THEN CASE function_name WHEN 'left' THEN tsql_raise(537) ELSE tsql_raise(536, 'RIGHT') END
    ELSE n END;

tsql_cut(v, first, count) AS CASE WHEN first IS NOT NULL AND count IS NOT NULL
    THEN substring(v, greatest(first, 1), greatest(count + least(first, 1) - 1, 0)) END;

tsql_substring(v, first, count) AS CASE
    WHEN count < 0 THEN tsql_raise(537)
    WHEN tsql_has_pairs(v) THEN tsql_gather(tsql_cut(tsql_spread(v), first, count))
    ELSE tsql_cut(v, first, count) END;

tsql_substring_whole(v, first, count) AS CASE
    WHEN count < 0 THEN tsql_raise(537)
    ELSE tsql_cut(v, first, count) END;

tsql_find(needle, hay, first) AS CASE
    WHEN first <= 1 THEN strpos(hay, needle)
    WHEN strpos(substring(hay, first), needle) = 0 THEN 0
    ELSE strpos(substring(hay, first), needle) + first - 1 END;

tsql_charindex(needle, hay, first) AS CASE
    WHEN needle IS NULL OR hay IS NULL THEN NULL
    WHEN needle = '' THEN 0
    WHEN tsql_has_pairs(hay) THEN tsql_find(tsql_spread(needle), tsql_spread(hay), first)
    ELSE tsql_find(needle, hay, first) END;

tsql_charindex_whole(needle, hay, first) AS CASE
    WHEN needle IS NULL OR hay IS NULL THEN NULL
    WHEN needle = '' THEN 0
    ELSE tsql_find(needle, hay, first) END;

tsql_replace(v, old, new) AS CASE
    WHEN old = '' THEN v
    WHEN new IS NULL THEN NULL
    ELSE regexp_replace(v, '(?i)' || regexp_escape(old), replace(new, '\', '\\'), 'g') END;

tsql_stuff(v, first, count, inserted) AS CASE
    WHEN v IS NULL OR first IS NULL OR count IS NULL THEN NULL
    WHEN first <= 0 OR first > tsql_len(v) OR count < 0 THEN NULL
    WHEN tsql_has_pairs(v) THEN concat(tsql_gather(left(tsql_spread(v), first - 1)), inserted,
        tsql_gather(substring(tsql_spread(v), first + count)))
    ELSE concat(left(v, first - 1), inserted, substring(v, first + count)) END;

tsql_stuff_whole(v, first, count, inserted) AS CASE
    WHEN v IS NULL OR first IS NULL OR count IS NULL THEN NULL
    WHEN first <= 0 OR first > length(v) OR count < 0 THEN NULL
    ELSE concat(left(v, first - 1), inserted, substring(v, first + count)) END;

tsql_split(v, separator) AS CASE
    WHEN v IS NULL THEN CAST([] AS VARCHAR[])
    WHEN tsql_len(separator) <> 1 THEN tsql_raise(214, 'separator', 'nchar(1)/nvarchar(1)')
    ELSE string_split(v, separator) END;

tsql_substring_bytes(v, first, count) AS CASE
    WHEN count < 0 THEN tsql_raise(537)
    WHEN v IS NULL OR first IS NULL OR count IS NULL THEN NULL
    WHEN first + count <= 1 OR count = 0 THEN ''::BLOB
    ELSE v[greatest(first, 1):first + count - 1] END;

tsql_integer_bytes(v, size, width) AS unhex(
    right(lpad(right(printf('%016X', CAST(v AS BIGINT)), size * 2), greatest(size, width) * 2, '0'), width * 2));

tsql_guid_order(v) AS right(CAST(v AS VARCHAR), 12) || regexp_replace(left(CAST(v AS VARCHAR), 23),
    '^(..)(..)(..)(..)-(..)(..)-(..)(..)-(....)$', '\9\8\7\6\5\4\3\2\1');

tsql_binary_key(v) AS CASE WHEN array_slice(v, -1, -1) = '\x00'::BLOB
    THEN unhex(regexp_replace(hex(v), '(00)+$', '')) ELSE v END;

tsql_bytes(v, length) AS array_slice(v, 1, length);

tsql_least_integer(digits) AS
    CASE digits WHEN 2 THEN 0 WHEN 4 THEN -32768 WHEN 8 THEN -2147483648 ELSE -9223372036854775808 END;

tsql_bytes_integer(v, digits) AS
    (CAST('0x' || right('0' || hex(v), digits) AS HUGEINT) - tsql_least_integer(digits)) % (1::HUGEINT << (4 * digits))
    + tsql_least_integer(digits);
"""


def _raise_macro(function: str) -> str:
    """tsql_raise(number, argument, …): an overload for each count of arguments. ``function`` fails with a text."""
    overloads = []
    for count in range(_MOST_ARGUMENTS + 1):
        names = [f"a{position}" for position in range(count)]
        marked = "".join(f", '{ARGUMENT_MARK}', {name}" for name in names)
        overloads.append(f"({', '.join(('number', *names))}) AS {function}(concat('{ERROR_MARK}', number{marked}))")
    return f"tsql_raise{', '.join(overloads)}"


def _day_macros() -> list[str]:
    """tsql_first(type_name) and tsql_end(type_name): the first moment of a date type, and the one after its last."""
    first = " ".join(f"WHEN '{name}' THEN TIMESTAMP '{days[0]}'" for name, days in DAYS.items())
    last = " ".join(f"WHEN '{name}' THEN TIMESTAMP '{days[1]}'" for name, days in DAYS.items())
    return [
        f"tsql_first(type_name) AS CASE type_name {first} ELSE TIMESTAMP '0001-01-01' END",
        f"tsql_end(type_name) AS CASE type_name {last} ELSE TIMESTAMP '9999-12-31' END + INTERVAL 1 DAY",
    ]


def _session_timestamps(definition: str) -> Iterator[str]:
    """The macros that read a text by SET DATEFORMAT, here for mdy; ``definition`` is that of tsql_timestamp.

    They are no calls of it, because each statement would plan both. tsql_old_day reads a text that is year-month-day.
    """
    _, body = definition.split(" AS ", 1)
    for name in ("with_century", "without_century"):
        body = body.replace(name, r"'\3-\1-\2'")
    yield f"tsql_new_timestamp(v) AS {body}"
    yield f"tsql_old_timestamp(v) AS {body}"
    yield "tsql_old_day(v) AS CAST(v AS TIMESTAMP)"


def _definitions() -> Iterator[str]:
    """The definitions after tsql_raise; a definition uses only those before it."""
    text = DEFINITIONS
    for name, expression in _EXPRESSIONS.items():
        text = text.replace(name, expression)
    yield from _day_macros()
    for definition in filter(None, (part.strip().removesuffix(";") for part in text.split(";\n"))):
        yield definition
        if definition.startswith("tsql_timestamp("):
            yield from _session_timestamps(definition)
    yield f"tsql_key(v) AS {folding.key('v', DATABASE)}"
    yield f"tsql_order(v) AS {folding.order('v')}"
    yield f"tsql_upper(v) AS {folding.upper('v')}"


_DEFINITIONS = tuple(re.split(r"\sAS\s+", definition, maxsplit=1) for definition in _definitions())
"""Head and body of each."""
_MACRO = re.compile(r"\b(tsql_\w+)\(")


def _raising() -> frozenset[str]:
    """The names of the macros that may raise."""
    found = {"tsql_raise"}
    for head, body in _DEFINITIONS:
        if not found.isdisjoint(_MACRO.findall(body)):
            found.add(head.partition("(")[0])
    return frozenset(found)


_RAISING = _raising()


def in_window(sql: str) -> str:
    """SQL for PARTITION BY and ORDER BY of a window: the macros that raise are those of the schema of_windows.

    DuckDB refuses volatile functions there, as its error() is. The macros of that schema raise by a function in Python.
    """
    return _MACRO.sub(lambda call: f"memory.of_windows.{call[0]}" if call[1] in _RAISING else call[0], sql)


def _statements() -> Iterator[str]:
    """One CREATE MACRO per definition."""
    yield f"CREATE OR REPLACE MACRO {_raise_macro('error')}"
    for head, body in _DEFINITIONS:
        yield f"CREATE OR REPLACE MACRO {head} AS {body}"
    yield "CREATE SCHEMA IF NOT EXISTS of_windows"
    yield f"CREATE OR REPLACE MACRO of_windows.{_raise_macro(tsql_fail.__name__)}"
    for head, body in _DEFINITIONS:
        if head.partition("(")[0] in _RAISING:
            yield f"CREATE OR REPLACE MACRO of_windows.{head} AS {in_window(body)}"


DATE_ORDERS = ("mdy", "dmy", "ymd", "ydm", "myd", "dym")
"""The values of SET DATEFORMAT."""


def _in_order(order: str) -> list[str]:
    """The macros that read a text by another SET DATEFORMAT than mdy, in a schema of its name.

    They write a date of three numbers with its year first. A year of four digits may be first or last in every order,
    and in the middle where the order has it there. The new types read a date with the year first as year, month, day,
    and do not support ydm. Sources: the T-SQL reference, SET DATEFORMAT; "datetime" and "date", the numeric formats.
    """
    day_first = order.index("d") < order.index("m")
    one, other = ("d", "m") if day_first else ("m", "d")
    forms = [(*order.replace("y", "Y"),), (one, other, "Y"), (*order,)]
    digits = {"Y": r"\d{4}", "y": r"\d\d", "m": r"\d\d?", "d": r"\d\d?"}

    def rewritten(sql: str, form: tuple[str, ...]) -> str:
        pattern = "[-/.]".join(f"({digits[part]})" for part in form)
        places = {part.lower(): place for place, part in enumerate(form, 1)}
        return f"regexp_replace({sql}, '^ *{pattern}( .*)?$', '" + "-".join(f"\\{places[p]}" for p in "ymd") + "\\4')"

    old, new = "v", "v"
    for form in dict.fromkeys([("Y", one, other), *forms]):
        old = rewritten(old, form)
        if form[0] != "Y":
            new = rewritten(new, form)
    if order == "ydm":
        number = r"\d\d?[-/.]\d\d?[-/.](\d{4}|\d\d?)"
        refused = "tsql_raise(40510, 'SET DATEFORMAT ydm for types other than DATETIME and SMALLDATETIME')"
        new = f"CASE WHEN regexp_matches(v, '^ *{number}( .*)?$') THEN {refused} ELSE v END"
    return [
        f"CREATE SCHEMA IF NOT EXISTS {order}",
        *(
            f"CREATE OR REPLACE MACRO {order}.{name}(v) AS tsql_timestamp({text}, '', '\\1-\\2-\\3')"
            for name, text in (("tsql_old_timestamp", old), ("tsql_new_timestamp", new))
        ),
        f"CREATE OR REPLACE MACRO {order}.tsql_old_day(v) AS "
        "coalesce(tsql_old_timestamp(v), tsql_raise(242, 'varchar', 'datetime'))",
    ]


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the macros and the Python functions for a connection and all that share its database."""
    python_functions.install(connection)
    for statement in _statements():
        connection.execute(statement)
    for order in DATE_ORDERS[1:]:
        for statement in _in_order(order):
            connection.execute(statement)


def read_dates(connection: duckdb.DuckDBPyConnection, order: str) -> None:
    """Let a connection read dates by an order of SET DATEFORMAT: the first schema of its search path has the macros."""
    path = "" if order == "mdy" else f"memory.{order},memory.main"
    connection.execute(f"SET search_path = '{path}'")
