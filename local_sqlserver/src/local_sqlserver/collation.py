"""Collations by name: the differences that count in a comparison, and the five bytes of the server's collation in TDS.

Every database of the stand-in has the collation ``DATABASE``; a column or expression may have any of ``find``.
Sources: the T-SQL reference, "Windows collation name", "SQL Server collation name" and "Collation precedence";
MS-UCODEREF 3.1.5.2 for characters without a weight and letters that compare as two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from local_sqlserver.errors import SqlError, sql_error, unsupported


@dataclass(frozen=True, slots=True)
class Collation:
    """A collation: the rules by which text compares.

    ``binary`` compares code units. Otherwise ``case``, ``accents``, ``kana`` and ``width`` are the differences that
    count, and ``version`` is 80 or 100: before 100 more characters have no weight. With ``supplementary`` (_SC),
    functions count a character beyond U+FFFF as one, not as two. ``explicit`` marks the collation of a COLLATE clause,
    which takes precedence over a column's.
    """

    name: str
    binary: bool = False
    case: bool = False
    accents: bool = True
    kana: bool = False
    width: bool = False
    version: int = 100
    supplementary: bool = False
    explicit: bool = False

    def clause(self) -> Collation:
        """The same collation, from a COLLATE clause."""
        return replace(self, explicit=True)

    def column(self) -> Collation:
        """The same collation, of a column (also of a derived table)."""
        return replace(self, explicit=False)


class Collated(Protocol):
    """A text with its collation; None is the database's, which any other overrides (a literal, a variable)."""

    @property
    def collation(self) -> Collation | None:
        """The collation."""


_NAME_PATTERN = re.compile(
    r"(?P<locale>\w+?)(?:_(?P<version>90|100|140|160))?_"
    r"(?:(?P<binary>BIN2?)|(?P<case>C[IS])_(?P<accents>A[IS])(?P<kana>_KS)?(?P<width>_WS)?(?P<supplementary>_SC)?(?:_VSS)?)"
    r"(?P<utf8>_UTF8)?",
    re.IGNORECASE,
)
_SUPPORTED_FAMILIES = ("latin1_general", "sql_latin1_general_cp1")
_LOCALES = """
albanian arabic assamese azeri_cyrillic azeri_latin bashkir bengali bosnian_cyrillic bosnian_latin breton
chinese_hong_kong_stroke chinese_prc chinese_prc_stroke chinese_simplified_pinyin chinese_simplified_stroke_order
chinese_taiwan_bopomofo chinese_taiwan_stroke chinese_traditional_bopomofo chinese_traditional_pinyin
chinese_traditional_stroke_count chinese_traditional_stroke_order corsican croatian cyrillic_general czech
danish_greenlandic danish_norwegian dari divehi estonian finnish_swedish french frisian georgian_modern_sort
german_phonebook greek hebrew hungarian hungarian_technical icelandic indic_general japanese japanese_bushu_kakusu
japanese_unicode japanese_xjis kazakh khmer korean korean_wansung lao latin1_general latvian lithuanian macedonian
macedonian_fyrom maltese maori mapudungan modern_spanish mohawk nepali norwegian pashto persian polish romanian
romansh sami_norway sami_sweden_finland serbian_cyrillic serbian_latin slovak slovenian syriac tamazight tatar thai
tibetan traditional_spanish turkish turkmen uighur ukrainian upper_sorbian urdu uzbek_latin vietnamese welsh yakut
"""
_SQL_LOCALE = re.compile(r"sql_\w+_(cp\d+|pref_cp\d+)", re.IGNORECASE)


@lru_cache(maxsize=256)
def find(name: str, line: int = 0) -> Collation:
    """The collation of a name; raises SqlError 448 for an unknown name, 40510 for a collation that is not supported."""
    if name.lower() in ("database_default", "catalog_default"):
        return DATABASE
    form = _NAME_PATTERN.fullmatch(name)
    locale = form["locale"].lower() if form else ""
    if not form or not (locale in _LOCALES.split() or _SQL_LOCALE.fullmatch(locale)):
        raise sql_error(448, name, line=line)
    old = locale.startswith("sql_")
    flags = form["kana"] or form["width"] or form["supplementary"]
    if (
        locale not in _SUPPORTED_FAMILIES
        or form["utf8"]
        or form["version"] not in (None, "100")
        or "_vss" in name.lower()
    ):
        raise unsupported(f"The collation {name}", line)
    if (old and (form["version"] or form["binary"] or flags)) or (form["supplementary"] and not form["version"]):
        raise sql_error(448, name, line=line)
    binary = form["binary"] is not None
    version = 100 if form["version"] else 80
    if binary:
        return Collation(_canonical_name(name), binary=True, version=version)
    return Collation(
        _canonical_name(name),
        case=form["case"].upper() == "CS",
        accents=form["accents"].upper() == "AS",
        kana=form["kana"] is not None,
        width=form["width"] is not None,
        version=version,
        supplementary=form["supplementary"] is not None,
    )


def _canonical_name(name: str) -> str:
    """The name of a Windows or SQL Server collation in the spelling of the catalog views."""
    return name.upper().replace("LATIN1_GENERAL", "Latin1_General")


DATABASE = Collation("Latin1_General_100_CI_AS_KS_WS_SC", kana=True, width=True, supplementary=True)
"""The collation of the server and of every database."""

WIRE = bytes((0x09, 0x04, 0x10, 0x20, 0x00))
"""``DATABASE`` in TDS (MS-TDS 2.2.5.1.2): LCID 0x0409, ignore case, version 2 (100), no sort order; _SC has no bit."""

UNRESOLVED = Collation("")
"""The collation of an expression over columns of two collations. To return it or to compare by it is an error."""


def named(collation: Collation | None) -> str | None:
    """The name of a column's collation; None stands for the database's."""
    return None if collation is None or collation.name == DATABASE.name else collation.name


def joined(values: Iterable[Collated], line: int) -> Collation | None:
    """The collation of an expression over several texts: that of a COLLATE clause, else the one that all columns share.

    It is UNRESOLVED if columns differ. Raises SqlError 468 for two COLLATE clauses that differ.
    """
    present = [value.collation for value in values if value.collation is not None]
    clauses = {collation.name: collation for collation in present if collation.explicit}
    if len(clauses) > 1:
        raise conflict([*clauses], "add", line)
    if clauses:
        return next(iter(clauses.values()))
    names = {collation.name: collation for collation in present}
    if len(names) > 1:
        return UNRESOLVED
    return next(iter(names.values()), None)


def compared(values: Iterable[Collated], operation: str, line: int) -> Collation | None:
    """The collation by which texts compare.

    Raises SqlError 468 if columns differ and no COLLATE clause decides, 446 if the collation of a text is unresolved.
    """
    listed = list(values)
    names = list(dict.fromkeys(value.collation.name for value in listed if value.collation is not None))
    clauses = {value.collation.name for value in listed if value.collation is not None and value.collation.explicit}
    if not clauses and UNRESOLVED.name in names:
        raise sql_error(446, _OPERATIONS.get(operation, operation), line=line)
    if len(clauses) > 1 or (not clauses and len(names) > 1):
        raise conflict(names, operation, line)
    return joined(listed, line)


_OPERATIONS = {
    "=": "equal to",
    "<>": "not equal to",
    "!=": "not equal to",
    "<": "less than",
    ">": "greater than",
    "<=": "less than or equal to",
    ">=": "greater than or equal to",
}


def conflict(names: list[str], operation: str, line: int) -> SqlError:
    """Error 468, which names the right operand's collation first (source: "Collation Precedence")."""
    two, one = (*names, *names)[:2]
    told = _OPERATIONS.get(operation, operation)
    return sql_error(468, one, two, told, line=line)
