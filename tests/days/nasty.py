"""Plausible drops that a careless loader gets wrong.

Each is loadable (with a reject limit of 1) and computable by the oracle; load one on ``BUSINESS_DATE``.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from itertools import product
from pathlib import Path

from tests.days.drop import AZ12, BASE, CUST, LOC, PRD, PX, SALES, Lines, file_of, with_base, write_drop

BUSINESS_DATE = date(2024, 6, 15)


def _base_and(more: Lines, folder: Path) -> None:
    write_drop(folder, with_base(more))


def _instead_of_base(lines: Lines, folder: Path) -> None:
    write_drop(folder, lines)


def _byte_order_marks(folder: Path) -> None:
    write_drop(folder, BASE)
    for table in BASE:
        path = folder / file_of(table)
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


def _blank_lines_everywhere(folder: Path) -> None:
    blank = ("", "   ", "")
    write_drop(folder, {table: [*blank, *_separated(lines, ""), *blank] for table, lines in BASE.items()})


def _separated(lines: Sequence[str], separator: str) -> list[str]:
    return [line for pair in zip(lines, [separator] * len(lines), strict=True) for line in pair]


def _customer(number: int, first: str = "Ann", last: str = "Other", rest: str = "S,F,2023-04-01") -> str:
    return f"{number},AW{number:08},{first},{last},{rest}"


def _sale(number: int, money: str, product_number: str = "HL-U509", order_date: str = "20240201") -> str:
    return f"SO{number},{product_number},11000,{order_date},20240205,20240212,{money}"


def _each(values: Sequence[str], line: Callable[[int, str], str], first: int) -> list[str]:
    return [line(number, value) for number, value in enumerate(values, start=first)]


_QUOTED: Lines = {
    CUST: [
        '11010,AW00011010,"Ann, Mary","Lee, Jr.",S,F,2023-04-01',
        '"11011","AW00011011","Ann","Lee","S","F","2023-04-01"',
        '11012,AW00011012,",",",,,",S,F,2023-04-01',
        '11013,AW00011013,"  Ann  ","",S,"",2023-04-01',
    ],
    PRD: [
        '220,AC-HE-HL-V1,"Helmet, large, red",20,S ,2023-01-01,',
        '"221","AC-HE-HL-V2","Helmet","20","S ","2023-01-01",""',
    ],
    SALES: ['"SO200","HL-V1","11010","20240201","20240205","20240212","40","2","20"'],
    LOC: ['AW-00011010,"Korea, Republic of"', '"AW-00011011","DE"'],
    PX: ['CL_GL,Clothing,"Gloves, mitts",No'],
}

_DOUBLED_QUOTES: Lines = {
    CUST: [
        '11010,AW00011010,"Ann ""Annie""","""",S,F,2023-04-01',
        '11011,AW00011011,"""Bo"", the elder","""Lee""",S,F,2023-04-01',
        '11012,AW00011012,Uma "Uzi",5" Rao,S,F,2023-04-01',
        '11013,AW00011013, "Ann",Lee ",S,F,2023-04-01',
        '11014,AW00011014,"""""",O"Neil,S,F,2023-04-01',
    ],
    PRD: ['220,AC-HE-HL-V1,"Wheel 26"" x 1.75"", black",20,S ,2023-01-01,'],
    LOC: ['AW-00011010,"Côte d""Ivoire"'],
}

_FULL_OF_UNICODE: Lines = {
    CUST: [
        _customer(11010, "José", "Núñez"),
        _customer(11011, "Jose\u0301", "Nu\u0301n\u0303ez"),
        _customer(11012, "Zoë 😀", "𝒜lpha"),
        _customer(11013, "小明", "王"),
        _customer(11014, "Анна", "Ёлкина"),
        _customer(11015, "שרה", "محمد"),
        _customer(11016, "Groß", "İstanbul"),
        _customer(11017, "\u00a0Ann\u00a0", "\u2003Lee\u200b"),
        _customer(11018, "Line\u2028Break", "Next\u0085Line\x0bTab\x0cFeed"),
        _customer(11019, "\ufeffAnn", "Lee"),
    ],
    PRD: ["220,AC-HE-HL-V1,Vélo – 26″ “été”,20,S ,2023-01-01,"],
    LOC: ["AW-00011010,Österreich", "AW-00011012,日本 🗾"],
    PX: ["CL_GL,Vêtements,Gants d’été,No"],
}

_LONG_TEXTS: Lines = {
    CUST: [
        _customer(11010, "A" * 60),
        _customer(11011, "B" * 50),
        _customer(11012, "C" * 51),
        _customer(11013, " " + "D" * 50 + "   "),
        _customer(11014, "é" * 50, "L" * 50),
        _customer(11015, "Ann", "L" * 60),
        f"11016,{'K' * 60},Ann,Lee,S,F,2023-04-01",
        _customer(11017, rest=f"{'M' * 60},F,2023-04-01"),
        _customer(11018, rest=f"S,{'F' * 60},2023-04-01"),
    ],
    PRD: [
        f"220,AC-HE-HL-V1,{'N' * 100},20,S ,2023-01-01,",
        f"221,AC-HE-HL-V2,{'N' * 101},20,S ,2023-01-01,",
        f"222,AC-HE-{'V' * 44},Long key,20,S ,2023-01-01,",
        f"223,AC-HE-{'V' * 45},Too long a key,20,S ,2023-01-01,",
        f"224,AC-HE-HL-V3,Long line,20,{'S' * 51},2023-01-01,",
        f"225,AC-HE-HL-V4,Long end date,20,S ,2023-01-01,{'9' * 300}",
    ],
    SALES: [
        f"{'O' * 50},HL-U509,11000,20240201,20240205,20240212,35,1,35",
        f"{'O' * 51},HL-U509,11000,20240201,20240205,20240212,35,1,35",
        f"SO200,{'V' * 44},11000,20240201,20240205,20240212,20,1,20",
        f"SO201,{'P' * 51},11000,20240201,20240205,20240212,35,1,35",
        f"SO202,HL-U509,11000,{'2' * 60},20240205,20240212,35,1,35",
    ],
    AZ12: [f"{'K' * 51},1990-01-01,F", f"AW00011011,1990-01-01,{'F' * 51}"],
    LOC: [f"AW-00011010,{'C' * 50}", f"AW-00011011,{'C' * 51}", f"{'L' * 51},France"],
    PX: [
        f"CL_GL,{'C' * 51},Gloves,No",
        f"CL_HA,Clothing,{'S' * 51},No",
        f"CL_JE,Clothing,Jerseys,{'Y' * 51}",
    ],
}

_ASTRAL_LENGTHS: Lines = {
    CUST: [
        _customer(11010, "😀" * 25),
        _customer(11011, "😀" * 26),
        _customer(11012, "a" * 49 + "😀"),
        _customer(11013, "a" * 48 + "😀"),
    ],
    PRD: [f"220,AC-HE-HL-V1,{'😀' * 51},20,S ,2023-01-01,"],
}

WITHOUT_WEIGHT = ("😀", "𠀀", "㴆", "Ӓ", "ግ", "\u200b", "\u00ad", "\ufeff", "\u2060", "\u0301", "\u0001", "\u00a0")
"""Texts that some collation treats as empty, or that look empty."""

INVISIBLE = ("\u200b", "\u00ad", "\ufeff", "\u2060", "\u00a0")
"""Those of them that are removed at the ends of a text."""

_NAMES_WITHOUT_WEIGHT: Lines = {
    CUST: [
        *(_customer(11010 + number, text, text * 2) for number, text in enumerate(WITHOUT_WEIGHT)),
        _customer(11030, "😀", ""),
        _customer(11031, "", " \u200b "),
        _customer(11032, "  ", " "),
    ],
    PRD: [
        f"{220 + number},AC-HE-HL-V{number},{text},20,{text},2023-01-01," for number, text in enumerate(WITHOUT_WEIGHT)
    ],
    SALES: [_sale(200 + number, "20,1,20", text) for number, text in enumerate(WITHOUT_WEIGHT)],
    LOC: [f"AW-{11010 + number:08},{text}" for number, text in enumerate(WITHOUT_WEIGHT)],
    PX: [f"{text},{text},{text},{text}" for text in WITHOUT_WEIGHT],
}

ALIKE = (
    ("ß", "SS"),
    ("Æ", "AE"),
    ("Œ", "OE"),
    ("Þ", "TH"),
    ("Ａ", "A"),
    ("あ", "ア"),
    ("É", "E\u0301"),
    ("É", "E"),
    ("X", "\u200bX"),
    ("X", "\u00adX"),
    ("", "\u0001"),
    ("😀", "😁"),
    ("𠀀", ""),
    ("²", "2"),
    ("ı", "I"),
    ("ſ", "S"),
    ("µ", "Μ"),
    ("\uff21", "𝐀"),
)
"""Ends of keys that some collation treats as equal, and that are different keys here."""

SAME = (
    *(("é", "É"), ("ａ", "Ａ"), ("ж", "Ж"), ("ς", "Σ"), ("ᾀ", "ᾈ"), ("ǆ", "Ǆ")),
    *(("x", "X\u200b"), ("y", "Y\u00a0"), ("z", "Z\ufeff ")),
)
"""Ends of keys that differ in case or in invisible characters at their end only, and are the same key."""


def _alike_keys() -> Lines:
    """Pairs of keys of each kind, each row with a distinguishing value."""
    customers, births, countries, products, sales = [], [], [], [], []
    ends = [f"{pair}_{end}" for pair, ends in enumerate(ALIKE) for end in ends]
    for number, end in enumerate(ends):
        customers.append(f"{12000 + number},K{end},Ann,Lee,S,,2023-04-01")
        births.append(f"NASK{end},19{number + 10}-01-01,F")
        countries.append(f"K-{end},Country {number}")
        products.append(f"{300 + number},AC-HE-P{end},Product {number},{number + 1},S ,2023-01-01,")
        sales.append(f"S{end},P{end},{12000 + number},20240201,20240205,20240212,{number + 100},1,{number + 100}")
        sales.append(f"SO900,P{end},{12000 + number},20240201,20240205,20240212,{number + 200},1,{number + 200}")
    for number, (small, capital) in enumerate(SAME):
        customers.append(f"{13000 + number},L{small},Ann,Lee,S,,2023-04-01")
        countries.append(f"l-{capital},Land {number}")
        products.append(f"{400 + number},AC-HE-Q{small},Older,1,S ,2023-01-01,")
        products.append(f"{450 + number},ac-he-q{capital},Newer {number},1,S ,2024-01-01,")
        sales.append(f"T{small},Q{small},11000,20240201,20240205,20240212,1,1,1")
        sales.append(f"t{capital},q{capital},11000,20240201,20240205,20240212,2,1,2")
    products.append("500,Aß-CD-R1,Category of five,1,S ,2023-01-01,")
    products.append("501,😀-CD1-R2,Category of an emoji,1,S ,2023-01-01,")
    products.append("502,AC   -R3,Category of two,1,S ,2023-01-01,")
    categories = ["ASS_CD,Wrong,Wrong,No", "aß_cd,Right,Sharp,No", "😀_CD1,Right,Emoji,No", "AC,Right,Blank,No"]
    return {CUST: customers, AZ12: births, LOC: countries, PRD: products, SALES: sales, PX: categories}


_NULL_AS_TEXT: Lines = {
    CUST: [
        "NULL,AW00011010,Ann,Lee,S,F,2023-04-01",
        "11011,NULL,NULL,NULL,NULL,NULL,2023-04-01",
        "11012,AW00011012,null,Null,S,F,2023-04-01",
        "11013,AW00011013,Ann,Lee,S,F,NULL",
    ],
    PRD: [
        "NULL,AC-HE-HL-V1,Helmet,20,S ,2023-01-01,",
        "221,AC-HE-NULL,NULL,20,NULL,2023-01-01,NULL",
        "222,AC-HE-HL-V2,Helmet,NULL,S ,2023-01-01,",
        "223,AC-HE-HL-V3,Helmet,20,S ,NULL,",
    ],
    SALES: [
        "NULL,NULL,11000,NULL,NULL,NULL,20,1,20",
        "SO201,HL-U509,NULL,20240201,20240205,20240212,35,1,35",
        "SO202,HL-U509,11000,20240201,20240205,20240212,NULL,1,35",
        "SO203,HL-U509,11000,20240201,20240205,20240212,35,NULL,35",
        "SO204,HL-U509,11000,20240201,20240205,20240212,35,1,NULL",
    ],
    AZ12: ["NULL,1990-01-01,NULL", "AW00011012,NULL,F"],
    LOC: ["NULL,NULL", "AW-00011012,NULL"],
    PX: ["NULL,NULL,NULL,NULL"],
}

_DUPLICATES: Lines = {
    CUST: [
        *BASE[CUST],
        "11000,AW00011000,Later line,Oduya,M,F,2023-01-10",
        "11001,AW00011001,Older,Brandt,S,F,2022-12-31",
        "11002,AW00011002,No date,Hale,M,M,",
        "11010,AW00011010,No date,First,M,M,",
        "11010,AW00011010,No date,Second,M,M,",
        "11002,AW00011002,Newer,Hale,M,M,2023-03-02",
        "11002,AW00011002,Newest but rejected,Hale,M,M,2024-13-01",
        "011001,AW00011001,Same number,Brandt,S,F,2023-02-01",
        "11012,AW00011000,Shares the key of 11000,Two,S,,2023-02-01",
    ],
    PRD: [
        *BASE[PRD],
        "219,CO-RF-FR-R92B-58,Road Frame II,360,R ,2023-07-01,",
        "218,AC-XX-HL-U509,Other category,13,S ,2022-05-05,",
    ],
    SALES: [
        *BASE[SALES],
        "SO100,FR-R92B-58,11001,20230516,20230520,20230527,510,1,510",
        "SO101,HL-U509,11001,20230101,20240106,20240113,36,1,36",
        "SO102,FR-R92B-58,11002,20240301,20240306,20240313,,2,",
    ],
    AZ12: [*BASE[AZ12], "AW00011000,1970-01-01,M", "AW-00011001,,", "NASAW00011002,1960-01-01,Female"],
    LOC: [*BASE[LOC], "AW00011000,Canada", "A-W-00011001,", "AW-00011002,Germany"],
    PX: [*BASE[PX], "CO_RF,Parts,Frames,No", "AC_HE,,,"],
}

_TABS: Lines = {
    CUST: [
        _customer(11010, "Ann\tMary", "\tLee\t"),
        _customer(11011, "\t", "\t \t"),
        '11012,\tAW00011012,"Ann\t, Mary",Lee,S\t,\tF,\t2023-04-01\t',
        "\t11013\t,AW00011013,Ann,Lee,S,F,2023-04-01",
        "110\t14,AW00011014,Ann,Lee,S,F,2023-04-01",
        "\t",
        "\t\t\t\t\t\t",
        "\t,,,,,,",
    ],
    SALES: ["SO200\t,\tHL-U509,11000\t,\t20240201,2024\t0205,20240212\t,\t35,1\t,35"],
    LOC: ["AW-00011010\t,\tDE", "AW-00011012,\t"],
}

_CARRIAGE_RETURNS: Lines = {
    CUST: [
        _customer(11010, "Ann\rMary", "Lee\r"),
        _customer(11011, rest="S,F,2023-04-01\r\r"),
        '11012,AW00011012,"Ann\r",Lee,S,F,2023-04-01',
    ],
    LOC: ["AW-00011010,DE\r\r", "\r\r"],
}

_HUGE_FIELDS: Lines = {
    CUST: [
        _customer(11010, "A" * 4001),
        _customer(11011, "A" * 4000),
        _customer(11012, '"' + "A, " * 2000 + '"'),
        _customer(11013, " " * 4001 + "Ann"),
        _customer(11014, " " * 3990 + "Ann"),
        _customer(11015, "😀" * 2001),
        _customer(11016, "Ann", "L" * 100_000),
        _customer(11017, "Ann,Lee," + "X" * 5000),
    ],
    PRD: [
        f"220,AC-HE-HL-V1,Helmet,20,S ,2023-01-01,{'e' * 4000}",
        f"221,AC-HE-HL-V2,Helmet,20,S ,2023-01-01,{'e' * 4001}",
    ],
    SALES: [
        f"SO200,HL-U509,11000,{'2' * 4000},20240205,20240212,35,1,35",
        f"SO201,HL-U509,11000,{'2' * 4001},20240205,20240212,35,1,35",
        f"SO202,HL-U509,11000,20240201,20240205,20240212,{'0' * 3998}35,1,35",
    ],
    LOC: [f"AW-00011010,{'C' * 4001}"],
}

_WRONG_COLUMN_COUNTS: Lines = {
    CUST: [
        "11010,AW00011010,Ann,Lee,S,F",
        "11011,AW00011011,Ann,Lee,S,F,2023-04-01,",
        "11012,AW00011012,Ann,Lee,Jr.,S,F,2023-04-01",
        "11013",
        "some words",
        ",,,,,,",
        ",,,,,,,",
        _customer(11014),
    ],
    SALES: [
        "SO200,HL-U509,11000,20240201,20240205,20240212,1,035,1,1035",
        "SO201;HL-U509;11000",
        "-- end --",
    ],
    AZ12: ["AW00011010,1990-01-01", "AW00011014,1990-01-01,F"],
    LOC: ["AW-00011010", "AW-00011011,Korea, Republic of", ",", "AW-00011014,France"],
    PX: ["CL_GL,Clothing,Gloves & Mitts, warm,No"],
}

_OPEN_QUOTES: Lines = {
    CUST: [
        '"11010,AW00011010,Ann,Lee,S,F,2023-04-01',
        _customer(11011),
        '11012,AW00011012,"Ann,Lee,S,F,2023-04-01',
        '11013,AW00011013,Ann,Lee,S,F,"2023-04-01',
        _customer(11014),
        '11015,AW00011015,"Ann',
        'Mary",Lee,S,F,2023-04-01',
        '11016,AW00011016,"Ann"" Mary,Lee,S,F,2023-04-01',
        '11017,AW00011017,Ann,Lee,S,F,2023-04-01,"surplus',
        '11018,AW00011018,"Ann" Mary,Lee,S,F,2023-04-01',
        '11019,AW00011019,"Ann"Mary"",Lee,S,F,2023-04-01',
        '"',
        _customer(11020),
    ],
    LOC: ['AW-00011011,"France', 'AW-00011014,France"'],
}

_NO_NUMBERS = (
    "abc",
    "12a",
    "1.5",
    "1.0",
    "1e3",
    "0x10",
    "1 000",
    "1_000",
    "1'000",
    '"1,000"',
    "-",
    "+",
    "--5",
    "5-",
    "(5)",
    "- 5",
    "$5",
    "5 €",
    "٣",
    "５",
    "½",
    "NaN",
    "inf",
    "true",
    "NULL",
    "n/a",
    "#REF!",
    "5\u00a05",
)

_TEXT_IN_NUMBERS: Lines = {
    CUST: [f"{text},AW{number:08},Ann,Lee,S,F,2023-04-01" for number, text in enumerate(_NO_NUMBERS, start=11100)],
    PRD: [
        *_each(_NO_NUMBERS, lambda n, text: f"{text},AC-HE-HL-I{n},Helmet,20,S ,2023-01-01,", 100),
        *_each(_NO_NUMBERS, lambda n, text: f"{n},AC-HE-HL-C{n},Helmet,{text},S ,2023-01-01,", 100),
        "150,AC-HE-HL-D1,Helmet,+20,S ,2023-01-01,",
        "151,AC-HE-HL-D2,Helmet, 0020 ,S ,2023-01-01,",
        "152,AC-HE-HL-D3,Helmet,-20,S ,2023-01-01,",
        ",AC-HE-HL-D4,No id,20,S ,2023-01-01,",
    ],
    SALES: [
        *_each(_NO_NUMBERS, lambda n, text: f"SO{n},HL-U509,{text},20240201,20240205,20240212,35,1,35", 200),
        *_each(_NO_NUMBERS, lambda n, text: _sale(n, f"{text},1,35"), 300),
        *_each(_NO_NUMBERS, lambda n, text: _sale(n, f"35,{text},35"), 400),
        *_each(_NO_NUMBERS, lambda n, text: _sale(n, f"35,1,{text}"), 500),
        _sale(600, "+35,+1,+35"),
        _sale(601, " 0070 , 02 , 035 "),
        _sale(602, "-0,1,35"),
    ],
}

_LIKE_DIGITS = ("²", "5\u200b5", "5\u00ad5", "①", "Ⅴ", "५", "𝟓", "５", "½", "2\u0301")

_DIGITS_OF_OTHERS: Lines = {
    CUST: _each(_LIKE_DIGITS, lambda n, text: f"{text},AW{n:08},Ann,Lee,S,F,2023-04-01", 11100)
    + _each(_LIKE_DIGITS, lambda n, text: _customer(n, rest=f"S,F,2024-02-0{text}"), 11200),
    SALES: _each(_LIKE_DIGITS, lambda n, text: _sale(n, f"35,{text},35"), 200)
    + _each(_LIKE_DIGITS, lambda n, text: _sale(n, "35,1,35", order_date=f"2024020{text}"), 300),
}

_IN_RANGE = ("2147483647", "-2147483648", "0000000000002147483647", "-00000000002147483648")
_OUT_OF_RANGE = (
    "2147483648",
    "-2147483649",
    "99999999999",
    "9223372036854775808",
    "-9223372036854775809",
    "1" + "0" * 40,
)

_OUT_OF_INT_RANGE: Lines = {
    CUST: [
        f"{text},AW{number:08},Ann,Lee,S,F,2023-04-01"
        for number, text in enumerate((*_IN_RANGE, *_OUT_OF_RANGE), start=11100)
    ],
    PRD: [
        *_each(
            (*_IN_RANGE, *_OUT_OF_RANGE),
            lambda n, text: f"{text},AC-HE-HL-I{n},Helmet,20,S ,2023-01-01,",
            100,
        ),
        *_each(_OUT_OF_RANGE, lambda n, text: f"{n},AC-HE-HL-C{n},Helmet,{text},S ,2023-01-01,", 100),
        *_each(_IN_RANGE, lambda n, text: f"{n},AC-HE-HL-L{n},Helmet,{text},S ,2023-01-01,", 100),
    ],
    SALES: [
        *_each(
            (*_IN_RANGE, *_OUT_OF_RANGE),
            lambda n, text: f"SO{n},HL-U509,{text},20240201,20240205,20240212,35,1,35",
            200,
        ),
        *_each((*_IN_RANGE, *_OUT_OF_RANGE), lambda n, text: _sale(n, f"{text},1,"), 300),
        *_each(_OUT_OF_RANGE, lambda n, text: _sale(n, f"35,{text},35"), 400),
        *_each(_OUT_OF_RANGE, lambda n, text: _sale(n, f"35,1,{text}"), 500),
    ],
}

_OVERFLOWING_MONEY: Lines = {
    PRD: ["220,AC-HE-HL-FREE,Free,0,S ,2022-01-01,"],
    SALES: [
        _sale(200 + number, money, "HL-FREE")
        for number, money in enumerate(
            (
                "1,46341,46341",
                "1,46340,46340",
                ",2147483647,1",
                ",1,2147483647",
                ",2147483647,2147483647",
                ",-2147483648,2147483647",
                "1,2,1073741824",
                "1,-2,1073741824",
                "1,-2,1073741825",
                "1,1,-2147483648",
                "1,0,-2147483648",
                "1,-1,-2147483648",
                "-2147483648,-1,0",
                "-2147483648,1,0",
                "-2147483648,-1,",
                "2147483647,-1,",
                "2147483647,46341,",
                "2147483647,1,2147483647",
                "2147483647,1,2147483647",
                "2147483647,1,2147483647",
            )
        )
    ],
}

_PROFIT_BEYOND_INT: Lines = {
    PRD: ["220,AC-HE-HL-DEAR,Dear,2147483647,S ,2022-01-01,"],
    SALES: [_sale(200, "2000000000,2,1000000000", "HL-DEAR"), _sale(201, "1000,1000,1", "HL-DEAR")],
}

_MONEY_TABLE: Lines = {
    PRD: ["220,AC-HE-HL-V1,Helmet,3,S ,2022-01-01,"],
    SALES: [
        _sale(200 + number, ",".join(money), "HL-V1")
        for number, money in enumerate(
            product(("", "-10", "-7", "0", "7", "10", "20"), ("", "-2", "0", "2"), ("", "-5", "0", "5"))
        )
    ],
}

_LOWER_CASE_CODES: Lines = {
    CUST: [
        *(
            _customer(11010 + number, rest=f"{marital},{gender},2023-04-01")
            for number, (marital, gender) in enumerate(
                product(("s", "m", " S ", "x", "single", ""), ("f", "m", " M ", "female", ""))
            )
        ),
    ],
    PRD: [
        *_each(
            ("m", "r", "s", "t", " M", "mountain", "x", ""),
            lambda n, line: f"{n},AC-HE-HL-V{n},Helmet,20,{line},2023-01-01,",
            220,
        ),
    ],
    AZ12: [
        f"nasaw{11010 + number:08},1990-01-01,{gender}"
        for number, gender in enumerate(
            ("f", "m", "female", "male", "FEMALE", "MALE", " f ", "M ", "   ", "", "x", "fem") * 3
        )
        if number < 30
    ],
    LOC: [
        f"aw-{11010 + number:08},{country}"
        for number, country in enumerate(
            (
                "de",
                "us",
                "usa",
                "De",
                "uSa",
                " US ",
                "germany",
                "united states",
                "UNITED STATES",
                "n/a",
                "  ",
                "D E",
            )
        )
    ],
}

_KEYS_IN_OTHER_CASE: Lines = {
    CUST: ["11010,aw00011010,Ann,Lee,S,,2023-04-01", "11011,Aw00011011,Bo,Lee,S,,2023-04-01"],
    PRD: [
        "220,co-rf-fr-r92b-58,Road Frame III,400,R ,2024-01-01,",
        "221,ac-he-HL-u509,Sport Helmet II,13,S ,2022-05-05,",
        "222,cl-gl-gl-h1,Gloves,5,S ,2023-01-01,",
    ],
    SALES: [
        "so100,fr-r92b-58,11001,20230515,20230520,20230527,600,1,600",
        "So101,Fr-R92b-58,11001,20240101,20240106,20240113,500,1,500",
        "SO200,GL-H1,11010,20240101,20240106,20240113,7,1,7",
        "so200,Hl-U509,11010,20240101,20240106,20240113,35,1,35",
    ],
    AZ12: ["NasAW00011010,1991-01-01,F", "AW00011011,1992-01-01,M", "aw00011000,1981-01-01,M"],
    LOC: ["AW-00011010,France", "aw-00011011,Canada", "aW-00011000,US"],
    PX: ["Cl_Gl,Clothing,Gloves,No", "ac_he,Accessories,Hats,Yes"],
}

_BLANKS_AROUND: Lines = {
    CUST: [
        " 11010 ,  AW00011010  ,  Ann  ,  van   Lee  , S , F , 2023-04-01 ",
        '" 11011 "," AW00011011 "," Ann "," Lee "," M "," M "," 2023-04-01 "',
        "   ,AW00011012,Ann,Lee,S,F,2023-04-01",
        "11013,   ,   ,   ,   ,   ,   ",
        "11000 ,AW00011000 ,Mara ,Oduya ,M ,F ,2023-01-11 ",
    ],
    PRD: [
        " 220 , AC-HE-HL-V1 , Helmet , 20 , S , 2023-01-01 , ",
        "221,AC-HE-     ,Blank number,20,S,2023-01-01,",
        "222,AC-HE-HL-U509   ,Sport Helmet II,13,S   ,2022-05-05   ,",
    ],
    SALES: [
        " SO200 , HL-V1 , 11010 , 20240201 , 20240205 , 20240212 , 40 , 2 , 20 ",
        "SO100 ,FR-R92B-58 ,11001,20230515,20230520,20230527,500,1,500",
        "   ,HL-U509,11000,20240201,20240205,20240212,35,1,35",
        "SO201,   ,11000,20240201,20240205,20240212,35,1,35",
        "SO202,HL-U509,   ,   ,   ,   ,35,   ,   ",
    ],
    AZ12: [" NASAW00011010 , 1990-01-01 , Female ", "AW00011000 ,1979-01-01 ,M ", "   ,1990-01-01,F"],
    LOC: [" AW-00011010 , DE ", "AW-00011000 , USA ", "   ,DE"],
    PX: [" CL_GL , Clothing , Gloves , No ", "CO_RF ,Parts ,Frames ,No ", "   ,Clothing,Gloves,No"],
}

_DATES: Lines = {
    CUST: [
        _customer(11010 + number, rest=f"S,F,{text}")
        for number, text in enumerate(
            (
                "2024-02-29",
                "2023-02-29",
                "1900-02-29",
                "2000-02-29",
                "0001-01-01",
                "0000-01-01",
                "9999-12-31",
                "2024-00-10",
                "2024-10-00",
                "2024-04-31",
                "2024-13-01",
                "",
                "0",
                "yesterday",
                "2024-06-16",
            )
        )
    ],
    PRD: [
        "220,AC-HE-HL-V1,Helmet,20,S ,0001-01-01,",
        "221,AC-HE-HL-V1,Helmet,21,S ,,",
        "222,AC-HE-HL-V1,Helmet,22,S ,9999-12-31,",
        "223,AC-HE-HL-V2,Helmet,20,S ,2023-02-29,",
    ],
    SALES: [
        f"SO{number},HL-V1,11000,{text},{text},{text},35,1,35"
        for number, text in enumerate(
            (
                "20240229",
                "20230229",
                "19000229",
                "00010101",
                "00000101",
                "99991231",
                "99999999",
                "00000000",
                "0",
                "5489",
                "32154",
                "2024-02-01",
                "202402011",
                "2024021",
                "+2024020",
                "-2024020",
                "2024020a",
                "2024 201",
                " 20240201 ",
                '"20240201"',
                "２０２４０２０１",
                "20241301",
                "20240431",
                "",
                "NULL",
                "20240616",
            ),
            start=200,
        )
    ],
    AZ12: [
        "AW00011010,2024-06-15,F",
        "AW00011011,2024-06-16,F",
        "AW00011012,9999-11-20,F",
        "AW00011013,0001-01-01,F",
        "AW00011014,1990-02-30,F",
        "AW00011015,,F",
        "AW00011016,1899-12-31,F",
    ],
}

_DATES_IN_OTHER_FORMS: Lines = {
    CUST: [
        _customer(11010 + number, rest=f"S,F,{text}")
        for number, text in enumerate(
            (
                "20240201",
                "2024-2-1",
                "2024/02/01",
                "01.02.2024",
                "02/01/2024",
                "2024-02-01 00:00:00",
                "2024-02-01T00:00:00",
                "2024-02-01T00:00:00Z",
                "Feb 1 2024",
                "24-02-01",
                "2024",
                "+2024-02-01",
                "2024-02-1 ",
                "２０２４-02-01",
            )
        )
    ],
    PRD: ["220,AC-HE-HL-V1,Helmet,20,S ,20230101,", "221,AC-HE-HL-V2,Helmet,20,S ,2023-01-01 00:00:00,"],
    AZ12: ["AW00011000,19900101,F", "AW00011001,1990-1-1,F"],
}

_MANY_VERSIONS: Lines = {
    PRD: [
        "303,AC-HE-HL-V1,Third,30,S ,2023-07-01,",
        "301,AC-HE-HL-V1,First,10,S ,2022-01-01,2020-01-01",
        "300,AC-HE-HL-V1,Undated,5,S ,,",
        "302,AC-HE-HL-V1,Second,20,S ,2023-01-01,1999-01-01",
        "304,AC-HE-HL-V1,Fourth in the future,40,S ,2025-07-01,",
        "305,AC-HE-HL-V1,Rejected,x,S ,2023-03-01,",
        "306,AC-HE-HL-V2,First,11,S ,2023-01-01,",
        "307,AC-HE-HL-V2,Free,,S ,2023-01-02,",
        "308,AC-HE-HL-V2,Last,13,S ,2023-01-03,",
    ],
    SALES: [
        f"SO{number},{product_number},11000,{day},20240205,20240212,100,2,50"
        for number, (product_number, day) in enumerate(
            product(
                ("HL-V1", "HL-V2"),
                (
                    "19991231",
                    "20211231",
                    "20220101",
                    "20221231",
                    "20230101",
                    "20230102",
                    "20230103",
                    "20230301",
                    "20230630",
                    "20230701",
                    "20250630",
                    "20250701",
                    "0",
                ),
            ),
            start=200,
        )
    ],
}

_STRANGERS: Lines = {
    CUST: ["11010,AW00011010,No,ERP,S,,2023-04-01", "11011,AW00011000,Shares,ERP rows,S,,2023-04-01"],
    SALES: [
        "SO200,HL-U509,,20240201,20240205,20240212,35,1,35",
        "SO201,HL-U509,99999,20240201,20240205,20240212,35,1,35",
        "SO202,NOBODY-1,11000,20240201,20240205,20240212,35,1,35",
        "SO202,NOBODY-2,11000,20240201,20240205,20240212,36,1,36",
        "SO203,NOBODY-1,99999,20240202,20240205,20240212,35,,35",
        "SO204,NOBODY-1,99999,0,20240205,20240212,35,1,35",
        "SO205,n/a,0,20240203,20240205,20240212,35,1,35",
    ],
    AZ12: ["AW00099999,1990-01-01,F", "NAS,1990-01-01,F", "-,1990-01-01,F", "NASNASAW00011010,1990-01-01,F"],
    LOC: ["AW-00099999,DE", "-,DE", "---,DE", "NASAW00011010,DE"],
    PX: ["ZZ_ZZ,Nothing,Nothing,No"],
}


def _report_edges() -> Lines:
    """Totals, lifespans and ages on either side of every threshold of the reports."""
    customers, births, products, sales = [], [], [], []
    spans = (("20230115", "20231231"), ("20230131", "20240101"), ("20240201", "20240201"))
    for number, ((first, last), total) in enumerate(product(spans, (4999, 5000, 5001)), start=20000):
        customers.append(_customer(number))
        sales.append(f"SO{number}A,HL-U509,{number},{first},20240205,20240212,1,1,1")
        sales.append(f"SO{number}B,HL-U509,{number},{last},20240205,20240212,{total - 1},1,{total - 1}")
    for number, age in enumerate((-1, 0, 19, 20, 29, 30, 39, 40, 49, 50, 124), start=21000):
        customers.append(_customer(number))
        births.append(f"AW{number:08},{2024 - age}-12-31,F" if age else f"AW{number:08},2024-01-01,F")
        sales.append(f"SO{number},HL-U509,{number},20240601,20240605,20240612,1,1,1")
    for number, total in enumerate((9999, 10000, 10001, 49999, 50000, 50001), start=300):
        products.append(f"{number},AC-HE-HL-T{number},Total {total},1,S ,2022-01-01,")
        sales.append(f"SO{number},HL-T{number},11000,20240601,20240605,20240612,{total},1,{total}")
    # Mean prices that lie half-way between two decimals; the negative ones truncate and round the other way.
    for number, lines in enumerate(
        (("1,4,", "1,2,"), ("9,4,",), ("9,-4,",), ("7,-4,",), ("-7,2,0", "5,-7,1", "5,3,1")), start=400
    ):
        products.append(f"{number},AC-HE-HL-M{number},Means,1,S ,2022-01-01,")
        sales += [
            f"SO{number}{place},HL-M{number},{11000 + place},2024020{place + 1},20240205,20240212,{money}"
            for place, money in enumerate(lines)
        ]
    sales.append("SO500,HL-U509,11002,20241231,20250101,20250102,35,1,35")
    return {CUST: customers, AZ12: births, PRD: products, SALES: sales}


_ALL_REJECTED: Lines = {
    CUST: [",PO25,,,,,"],
    PRD: ["x,AC-HE-HL-V1,Helmet,20,S ,2023-01-01,"],
    SALES: ["SO100,HL-U509,11000,20240201,20240205,20240212,,1,"],
    AZ12: [",1990-01-01,F"],
    LOC: [",DE"],
    PX: [",Clothing,Gloves,No"],
}

NASTY: dict[str, Callable[[Path], None]] = {
    "the base drop, clean": partial(write_drop, lines=BASE),
    "quoted fields with commas": partial(_base_and, _QUOTED),
    "doubled quotes and quotes that mean nothing": partial(_base_and, _DOUBLED_QUOTES),
    "CRLF line ends": partial(write_drop, lines=BASE, line_ends=("\r\n",)),
    "CRLF and LF mixed": partial(write_drop, lines=BASE, line_ends=("\r\n", "\n", "\n")),
    "no line end at the end": partial(write_drop, lines=BASE, last_line_end=False),
    "no line end at the end after CRLF": partial(write_drop, lines=BASE, line_ends=("\r\n",), last_line_end=False),
    "no line end after an empty last field": partial(
        write_drop,
        lines=with_base(
            {
                CUST: ["11010,AW00011010,Ann,Lee,S,F,"],
                SALES: ["SO200,HL-U509,11000,20240201,20240205,20240212,35,1,"],
                AZ12: ["AW00011010,1990-01-01,"],
                LOC: ["AW-00011010,"],
                PX: ["CL_GL,Clothing,Gloves,"],
            }
        ),
        last_line_end=False,
    ),
    **{f"only a header in {file_of(table)}": partial(_instead_of_base, {**BASE, table: []}) for table in BASE},
    "only headers": partial(_instead_of_base, {table: [] for table in BASE}),
    "only headers without line ends": partial(write_drop, lines={table: [] for table in BASE}, last_line_end=False),
    "byte order marks": _byte_order_marks,
    "text in many scripts": partial(_base_and, _FULL_OF_UNICODE),
    "texts at and beyond their length": partial(_base_and, _LONG_TEXTS),
    "characters that take two UTF-16 code units, at the limit": partial(_base_and, _ASTRAL_LENGTHS),
    "names that some collations take for empty": partial(_base_and, _NAMES_WITHOUT_WEIGHT),
    "keys that some collations take for equal": partial(_base_and, _alike_keys()),
    "the word NULL everywhere": partial(_base_and, _NULL_AS_TEXT),
    "duplicate keys": partial(_base_and, _DUPLICATES),
    "blank lines everywhere": _blank_lines_everywhere,
    "tabs inside fields": partial(_base_and, _TABS),
    "carriage returns inside fields": partial(_base_and, _CARRIAGE_RETURNS),
    "fields beyond 4000 characters": partial(_base_and, _HUGE_FIELDS),
    "too few and too many columns": partial(_base_and, _WRONG_COLUMN_COUNTS),
    "open quotes": partial(_base_and, _OPEN_QUOTES),
    "text in numbers": partial(_base_and, _TEXT_IN_NUMBERS),
    "digits of other scripts and kinds": partial(_base_and, _DIGITS_OF_OTHERS),
    "numbers at and beyond the range of INT": partial(_base_and, _OUT_OF_INT_RANGE),
    "money that overflows": partial(_base_and, _OVERFLOWING_MONEY),
    "a profit beyond the range of INT": partial(_base_and, _PROFIT_BEYOND_INT),
    "every combination of sales, quantity and price": partial(_base_and, _MONEY_TABLE),
    "codes in lower case": partial(_base_and, _LOWER_CASE_CODES),
    "keys that differ only in case": partial(_base_and, _KEYS_IN_OTHER_CASE),
    "blanks around everything": partial(_base_and, _BLANKS_AROUND),
    "dates at the edges": partial(_base_and, _DATES),
    "dates in other forms": partial(_base_and, _DATES_IN_OTHER_FORMS),
    "many versions of a product": partial(_base_and, _MANY_VERSIONS),
    "rows that belong to nobody": partial(_base_and, _STRANGERS),
    "thresholds of the reports": partial(_base_and, _report_edges()),
    "nothing but rejects": partial(_instead_of_base, _ALL_REJECTED),
}
"""The difficulty of a drop → the function that writes it into a folder."""
