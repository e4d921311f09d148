"""Write a drop of the two source systems: six CSV files of invented sales data, with errors.

``python data/generate.py --scale 1 --seed 1 --as-of 2026-02-01 --out data`` writes the committed drop, which
has the profile of ``docs/source_data.md``. The same arguments give the same bytes on any machine and version:
every value is a hash of the seed, a stream name and a position (splitmix64, integers only), so no random
number generator, float or hash order is involved.

A drop as of D holds the events before D. Orders, customers and product versions have a first day, so the drop
of D + 1 is the drop of D plus one day: new orders, new customers, a few changed customers and one price
change. The drop of ``BUSINESS_DATE`` has exact totals (the profile times the scale); later drops grow at the
rate of the last year. Earlier drops hold the same history up to their date; dates before the first order give
the catalogue alone. Counts scale with ``--scale``, but each kind of error occurs at least once. The catalogue
(397 product rows, 37 categories) and the few orders of slow-moving products do not scale, so that every
segment of the reports occurs at any scale.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import Progress

BUSINESS_DATE = date(2026, 2, 1)
"""Business date of the committed drop: the day after its last order."""
SEED = 1
"""Seed of the committed drop."""

_FIRST_DAY = date(2022, 2, 1)
"""Day 0: the first day with orders. Days count from here; ``_TODAY`` is the business date."""
_TODAY = (BUSINESS_DATE - _FIRST_DAY).days
_LATEST = date(2199, 12, 31)
_YEAR_WEIGHTS = (8, 14, 54, 24)
_MONTH_WEIGHTS = (7, 7, 8, 9, 10, 11, 10, 9, 8, 8, 9, 13)
_WEEKDAY_WEIGHTS = (10, 9, 9, 10, 11, 13, 12)

_CUSTOMERS, _ORDERS, _LINES = 18_484, 27_659, 60_398
_FIRST_CUSTOMER, _FIRST_ORDER, _FIRST_PRODUCT = 11_000, 43_697, 210
_MOST_LINES = 8
_LINES_OF_100 = (45, 24, 14, 8, 5, 2, 1, 1)
_SLOW_ORDERS = (12, 5, 16, 3, 8, 6)
"""Number of orders of each slow-moving product, at any scale."""

Integers = npt.NDArray[np.int64]
_MASK = (1 << 64) - 1


class ArgumentError(ValueError):
    """An argument of ``generate`` is out of range."""


@dataclass(frozen=True, slots=True)
class Draws:
    """Reproducible random integers: a value depends only on the seed, the stream's name and the position."""

    seed: int

    def at(self, stream: str, positions: Integers) -> npt.NDArray[np.uint64]:
        """Return 64 random bits for each position (splitmix64 over a key made of seed and stream name)."""
        key = 0xCBF29CE484222325 ^ self.seed
        for byte in stream.encode():
            key = (key ^ byte) * 0x100000001B3 & _MASK
        step = (positions.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        bits = step + np.full(1, key, dtype=np.uint64)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: npt.NDArray[np.uint64] = bits ^ (bits >> np.uint64(31))
        return mixed

    def below(self, stream: str, positions: Integers, limit: int) -> Integers:
        """Return an integer from 0 to ``limit`` - 1 for each position."""
        return ((self.at(stream, positions) >> np.uint64(11)) % np.uint64(limit)).astype(np.int64)

    def ranked(self, stream: str, count: int) -> Integers:
        """Return the positions 0 … ``count`` - 1 in random order."""
        return np.argsort(self.at(stream, np.arange(count)), kind="stable").astype(np.int64)

    def exactly(self, stream: str, base: int, total: int, counts: Sequence[int]) -> Integers:
        """Give kind k + 1 to exactly ``counts[k]`` of the first ``base`` positions, kind 0 to the others.

        Positions from ``base`` to ``total`` get their kinds at the same rates.
        """
        kinds = np.zeros(max(base, total), dtype=np.int64)
        bounds = np.cumsum(np.array(counts, dtype=np.int64))
        order = self.ranked(stream, base)
        later = np.arange(base, max(base, total))
        place = self.below(f"{stream} later", later, base)
        for kind, bound in reversed(list(enumerate(bounds.tolist(), start=1))):
            kinds[order[:bound]] = kind
            kinds[later[place < bound]] = kind
        return kinds[:total]


@dataclass(frozen=True, slots=True)
class Setting:
    """The parameters of one drop; ``today`` is the as-of day, counted from the first day."""

    draws: Draws
    scale: Fraction
    today: int
    vocabulary: dict[str, Any]

    def scaled(self, count: int) -> int:
        """Return a count of the profile at this scale: rounded, and at least 1."""
        return max(1, int(count * self.scale + Fraction(1, 2)))


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders placed before the as-of day, in order: day, customer (from 0) and number of lines."""

    day: Integers
    customer: Integers
    lines: Integers
    base_orders: int
    base_lines: int
    newcomers: Integers
    """For each day up to the as-of day or the business date, the number of customers at its end."""
    joined: Integers
    """For each customer the day of the first order, on which the customer appears."""


@dataclass(frozen=True, slots=True)
class Products:
    """The catalogue: numbers and prices by product, versions as parallel arrays by product and start."""

    numbers: list[str]
    price: Integers
    regular: Integers
    bikes: Integers
    slow: Integers
    product: Integers
    start: Integers
    rows: list[str]


def generate(out: Path, *, scale: float = 1, seed: int = SEED, as_of: date = BUSINESS_DATE) -> dict[str, int]:
    """Write the drop to ``out``/source_crm and ``out``/source_erp; return the rows written by file.

    ``scale`` 1 is the profile's size; ``seed`` is an integer from 0 to 2**63 - 1. Raises ArgumentError for
    arguments out of range and OSError when a file cannot be written. Existing files are replaced.
    """
    if not 0.01 <= scale <= 1000:
        raise ArgumentError(f"scale must be from 0.01 to 1000, not {scale}")
    if not 0 <= seed < 1 << 63:
        raise ArgumentError(f"seed must be from 0 to 2**63 - 1, not {seed}")
    if as_of > _LATEST:
        raise ArgumentError(f"as-of must be at most {_LATEST}, not {as_of}")
    with (Path(__file__).parent / "vocabulary.toml").open("rb") as file:
        vocabulary = tomllib.load(file)
    today = max((as_of - _FIRST_DAY).days, 0)
    setting = Setting(Draws(seed), Fraction(str(scale)), today, vocabulary)
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        orders = _place_orders(setting)
        products = _make_catalogue(setting)
        lines = int(orders.lines.sum())
        task = progress.add_task("Writing the drop", total=lines + 3 * len(orders.joined))

        def write(name: str, header: str, rows: Iterator[str], *, end: str = "\r\n", last_end: bool = True) -> int:
            return _write(out / name, header, rows, end, last_end, lambda count: progress.advance(task, count))

        people = _People(setting, orders)
        return {
            "source_crm/cust_info.csv": write(
                "source_crm/cust_info.csv",
                "cst_id,cst_key,cst_firstname,cst_lastname,cst_marital_status,cst_gndr,cst_create_date",
                people.cust_info(),
                last_end=False,
            ),
            "source_crm/prd_info.csv": write(
                "source_crm/prd_info.csv",
                "prd_id,prd_key,prd_nm,prd_cost,prd_line,prd_start_dt,prd_end_dt",
                iter(products.rows),
            ),
            "source_crm/sales_details.csv": write(
                "source_crm/sales_details.csv",
                "sls_ord_num,sls_prd_key,sls_cust_id,sls_order_dt,sls_ship_dt,sls_due_dt,"
                "sls_sales,sls_quantity,sls_price",
                _sales_details(setting, orders, products),
            ),
            "source_erp/CUST_AZ12.csv": write(
                "source_erp/CUST_AZ12.csv", "CID,BDATE,GEN", people.cust_az12(), last_end=False
            ),
            "source_erp/LOC_A101.csv": write("source_erp/LOC_A101.csv", "CID,CNTRY", people.loc_a101(), end="\n"),
            "source_erp/PX_CAT_G1V2.csv": write(
                "source_erp/PX_CAT_G1V2.csv", "ID,CAT,SUBCAT,MAINTENANCE", _px_cat(vocabulary), end="\n"
            ),
        }


def _place_orders(setting: Setting) -> Orders:
    """Spread the orders over the days; a first order introduces a new customer, in the order of ids."""
    draws = setting.draws
    base_orders, base_customers = setting.scaled(_ORDERS), setting.scaled(_CUSTOMERS)
    position = np.arange(base_orders)
    weights = np.cumsum(_day_weights())
    day = np.searchsorted(weights, (2 * position + 1) * weights[-1] // (2 * base_orders), side="right")
    first = -(-(position + 1) * base_customers // base_orders) > -(-position * base_customers // base_orders)

    later_days = np.arange(_TODAY, max(_TODAY, setting.today))
    pace = setting.scaled(18) * (80 + draws.below("orders of a day", later_days, 41)) // 100
    later_orders = np.maximum(pace, 2)
    later_first = np.minimum(setting.scaled(6), later_orders - 1)
    starts = np.cumsum(later_orders) - later_orders
    number = np.arange(int(later_orders.sum())) - np.repeat(starts, later_orders)
    day = np.concatenate([day, np.repeat(later_days, later_orders)]).astype(np.int64)
    first = np.concatenate([first, number < np.repeat(later_first, later_orders)])

    known = np.cumsum(first)
    position = np.arange(len(day))
    repeat = (draws.at("customer", position) >> np.uint64(11)) % np.maximum(known, 1).astype(np.uint64)
    customer = np.where(first, known - 1, repeat.astype(np.int64))
    lines = _lines_of_orders(setting, base_orders, len(day))
    placed = day < setting.today
    newcomers = np.searchsorted(day[first], np.arange(max(_TODAY, setting.today)), side="right").astype(np.int64)
    base_lines = int(lines[:base_orders].sum())
    return Orders(day[placed], customer[placed], lines[placed], base_orders, base_lines, newcomers, day[first & placed])


def _day_weights() -> Integers:
    """Return the weight of each day of the history; a year counts from the first day's anniversary."""
    weights = []
    for number in range(_TODAY):
        day = _FIRST_DAY + timedelta(days=number)
        year = day.year - _FIRST_DAY.year - (day < day.replace(month=_FIRST_DAY.month, day=_FIRST_DAY.day))
        weights.append(_YEAR_WEIGHTS[year] * _MONTH_WEIGHTS[day.month - 1] * _WEEKDAY_WEIGHTS[day.weekday()])
    return np.array(weights, dtype=np.int64)


def _lines_of_orders(setting: Setting, base: int, total: int) -> Integers:
    """Return the number of lines of each order, exact in total over the first ``base`` orders."""
    bounds = np.cumsum(np.array(_LINES_OF_100))
    lines = np.searchsorted(bounds, setting.draws.below("lines", np.arange(total), 100), side="right") + 1
    wanted = max(base, setting.scaled(_LINES))
    order = setting.draws.ranked("more or fewer lines", base)
    while (missing := wanted - int(lines[:base].sum())) != 0:
        step = 1 if missing > 0 else -1
        movable = order[(lines[order] + step >= 1) & (lines[order] + step <= _MOST_LINES)]
        lines[movable[: abs(missing)]] += step
    return lines.astype(np.int64)


def _make_catalogue(setting: Setting) -> Products:
    """Lay out the products and their versions, up to the as-of day."""
    draws, vocabulary = setting.draws, setting.vocabulary
    keys: list[str] = []
    numbers: list[str] = []
    names: list[str] = []
    lines: list[str] = []
    prices: list[int] = []
    groups: dict[str, list[int]] = {"regular": [], "bikes": [], "slow": []}
    for category in vocabulary["categories"]:
        everything = category["category"] in ("Accessories", "Clothing")
        sold = category["products"] if everything else category.get("sold", 0)
        for index in range(category["products"]):
            if index < sold:
                groups["bikes" if category["category"] == "Bikes" else "regular"].append(len(keys))
            elif index < category.get("slow", 0):
                groups["slow"].append(len(keys))
            line = category["line"][index % len(category["line"])]
            number, name = _name_product(vocabulary["products"], category, index, line)
            keys.append(f"{category['id'].replace('_', '-')}-{number}")
            numbers.append(number)
            names.append(name)
            lines.append(line)
            low, high = category["price"]
            prices.append(low + (high - low) * ((index * 7) % category["products"]) // max(category["products"] - 1, 1))
    count = len(keys)
    price = np.array(prices, dtype=np.int64)

    versions = draws.exactly("versions", count, count, (52, 25)) + 1
    product = np.repeat(np.arange(count), versions)
    version = np.arange(len(product)) - np.repeat(np.cumsum(versions) - versions, versions)
    # First versions start before the first order, later ones in spring of the second and third year.
    start = np.where(
        version == 0,
        -30 - draws.below("first start", product, 200),
        365 * version + 20 + draws.below("next start", product, 90),
    )
    cost = np.maximum(price[product] * (52 + draws.below("margin", product, 17)) * (100 + 4 * version) // 10_000, 1)
    last = np.append(product[1:] != product[:-1], True)
    # All superseded versions and 98 current ones end before they start; the others have no end.
    backwards = ~last
    backwards[np.flatnonzero(last)[draws.ranked("ends", count)[:98]]] = True
    end = start - 300 - draws.below("end", np.arange(len(product)), 900)
    single = np.flatnonzero(np.repeat(versions == 1, versions))
    odd = single[draws.ranked("odd products", len(single))]
    no_line, no_cost = set(odd[:17].tolist()), set(odd[17:19].tolist())

    # After the business date one product a day gets a new price and with it a new version.
    changed_day = np.arange(_TODAY, max(_TODAY, setting.today))
    changed_product = draws.below("price change", changed_day, count)
    new_cost = draws.below("new cost", changed_day, 9).tolist()
    changes: list[list[int]] = [[] for _ in range(count)]
    for at, which in enumerate(changed_product.tolist()):
        changes[which].append(at)

    rows = []
    for row, which in enumerate(product.tolist()):
        if version[row] > 0 and start[row] >= setting.today:
            continue
        superseded = not last[row] and start[row + 1] < setting.today
        more = changes[which] if last[row] else []
        ended = _iso(int(end[row])) if backwards[row] and (superseded or last[row]) else ""
        if more and not ended:
            ended = _iso(_TODAY + more[0] - 1)
        line = "" if row in no_line else f"{lines[which]} "
        amount = "" if row in no_cost else str(cost[row])
        name = _quoted(names[which])
        rows.append(f"{_FIRST_PRODUCT + row},{keys[which]},{name},{amount},{line},{_iso(int(start[row]))},{ended}")
        current = int(cost[row])
        for at, following in zip(more, [*more[1:], None], strict=False):
            current = max(1, current * (98 + new_cost[at]) // 100)
            ended = "" if following is None else _iso(_TODAY + following - 1)
            identity = _FIRST_PRODUCT + len(product) + at
            rows.append(f"{identity},{keys[which]},{name},{current},{line},{_iso(_TODAY + at)},{ended}")
    all_products = np.concatenate([product, changed_product])
    all_starts = np.concatenate([start, changed_day])
    order = np.argsort(all_products * 1_000_000 + all_starts, kind="stable")
    return Products(
        numbers,
        price,
        np.array(groups["regular"]),
        np.array(groups["bikes"]),
        np.array(groups["slow"]),
        all_products[order],
        all_starts[order],
        rows,
    )


def _name_product(words: dict[str, Any], category: dict[str, Any], index: int, line: str) -> tuple[str, str]:
    """Return the number and the name of a category's product."""
    model, colour = (
        words["models"][index % len(words["models"])],
        words["colours"][index % len(words["colours"])],
    )
    number = f"{category['prefix']}-{line}{10 + index * 7 % 90}"
    name = f"{model} {category['noun']}"
    sizes, fits = words["sizes"], words["fits"]
    if category["category"] == "Bikes" or category["noun"].endswith("Frame"):
        size = sizes[index // 2 % len(sizes)]
        # Frames carry a comma in their names, bikes do not.
        return f"{number}{colour[0]}-{size}", f"{name} - {colour}{',' if 'Frame' in name else ''} {size}"
    if category["category"] == "Clothing":
        return f"{number}-{fits[index % len(fits)]}", f"{name}, {fits[index % len(fits)]}"
    if category["noun"] == "Wheel" and index == 0:
        return number, words["quoted"]
    return number, name


class _People:
    """The customers as the three files show them on the as-of day."""

    def __init__(self, setting: Setting, orders: Orders) -> None:
        draws = setting.draws
        base, total = setting.scaled(_CUSTOMERS), len(orders.joined)
        self._setting = setting
        self._total = total
        self._base = base
        self._joined = orders.joined
        scaled = setting.scaled
        everyone = np.arange(total)
        # 0 without an error; 1 no first name, 2 no last name, 3 no marital status; 4-7 blanks around a name.
        self._flaw = draws.exactly("names", base, total, [scaled(count) for count in (4, 3, 3, 12, 11, 8, 9)])
        # 0 Male, 1 Female, 2 empty, 3 'F', 4 'M', 5 'F ', 6 'M ', 7 a blank.
        genders = draws.exactly(
            "gender", base, max(base, total), [scaled(count) for count in (8_391, 1_472, 3, 3, 2, 2, 3)]
        )
        # The newest customer of the history has none: the file then ends in a comma, without a line end.
        swapped = np.flatnonzero(genders == 2)[0]
        genders[[swapped, base - 1]] = genders[[base - 1, swapped]]
        self._erp_gender = genders[:total]
        unknown = np.isin(self._erp_gender, (2, 7))
        female = np.isin(self._erp_gender, (1, 3, 5))
        self._female = np.where(unknown, draws.below("true gender", everyone, 2) == 1, female)
        self._no_gender = draws.exactly("crm gender", base, total, [scaled(4_574)]) == 1
        self._married_first = draws.below("married", everyone, 100) < 54
        self._married = self._married_first ^ (self._changes("marriage", 3, orders) % 2 == 1)
        self._country = self._countries(orders)
        self._created = self._create_days()
        self._birth = self._birthdays()

    def _changes(self, stream: str, count: int, orders: Orders) -> Integers:
        """Count for each customer the changes on the days between the business date and the as-of day."""
        low, high = sorted((_TODAY, self._setting.today))
        a_day = self._setting.scaled(count)
        days = np.repeat(np.arange(low, high), a_day)
        place = days * a_day + np.tile(np.arange(a_day), high - low)
        known = np.maximum(orders.newcomers[np.maximum(days - 1, 0)], 1).astype(np.uint64)
        who = ((self._setting.draws.at(stream, place) >> np.uint64(11)) % known).astype(np.int64)
        return np.bincount(who[who < self._total], minlength=self._total).astype(np.int64)

    def _countries(self, orders: Orders) -> list[str]:
        scaled = self._setting.scaled
        counts = (3_591, 1_913, 1_810, 1_571, 1_750, 332, 7, 60, 45, 30)
        kinds = self._setting.draws.exactly("country", self._base, self._total, [scaled(count) for count in counts])
        moves = self._changes("move", 1, orders)
        if self._setting.today < _TODAY:
            moves = -moves  # later moves are undone
        proper = kinds <= 5
        kinds = np.where(proper, (kinds + moves) % 6, kinds)
        spelled = (
            "United States",
            "Australia",
            "United Kingdom",
            "France",
            "Canada",
            "Germany",
            "",
            "  ",
            "USA",
            "US",
            "DE",
        )
        return [spelled[kind] for kind in kinds.tolist()]

    def _create_days(self) -> Integers:
        """Return creation days: up to six days before the first order, a few of the newest in the future."""
        draws = self._setting.draws
        everyone = np.arange(self._total)
        created = self._joined - draws.below("created", everyone, 7)
        recent = self._setting.scaled(200)
        ahead = np.sort(
            self._base - 1 - draws.ranked("created ahead", min(recent, self._base))[: self._setting.scaled(12)]
        )
        ahead = ahead[ahead < self._total]
        created[ahead] = _TODAY + np.arange(len(ahead)) * 5 % 23
        later = np.arange(self._base, max(self._base, self._total))
        eager = later[draws.below("created later", later, 40) == 0]
        created[eager] = self._joined[eager] + 1 + draws.below("created later by", eager, 12)
        return created

    def _birthdays(self) -> list[str]:
        draws = self._setting.draws
        everyone = np.arange(self._total)
        future = draws.exactly("future birth", self._base, self._total, [self._setting.scaled(16)]) == 1
        year = 2006 - (draws.below("birth year", everyone, 45) + draws.below("birth year, older", everyone, 26))
        years_ahead = np.array([9999, 2038, 2055, 2065, 2050, 2042, 2980, 2223])
        year[future] = years_ahead[np.arange(int(future.sum())) % len(years_ahead)]
        month = 1 + draws.below("birth month", everyone, 12)
        day = 1 + draws.below("birth day", everyone, 28)
        return [f"{y:04}-{m:02}-{d:02}" for y, m, d in zip(year.tolist(), month.tolist(), day.tolist(), strict=True)]

    def _names(self, stream: str) -> tuple[list[str], list[str]]:
        """Return first and last names by the customers' positions."""
        draws, names = self._setting.draws, self._setting.vocabulary["names"]
        everyone = np.arange(self._total)
        male = draws.below(f"{stream} male", everyone, len(names["male"])).tolist()
        female = draws.below(f"{stream} female", everyone, len(names["female"])).tolist()
        first = [
            names["female"][f] if woman else names["male"][m]
            for m, f, woman in zip(male, female, self._female.tolist(), strict=True)
        ]
        last = [names["last"][at] for at in draws.below(f"{stream} last", everyone, len(names["last"])).tolist()]
        return first, last

    def cust_info(self) -> Iterator[str]:
        """Yield the CRM's customers by id, older versions before the current one, junk at the end."""
        setting = self._setting
        first, last = self._names("name")
        once, twice = setting.scaled(4), setting.scaled(1)
        chosen = setting.draws.ranked("versions of a customer", self._base)[: once + twice].tolist()
        older = {who: 1 if at < once else 2 for at, who in enumerate(chosen)}
        rows = zip(
            first,
            last,
            self._flaw.tolist(),
            self._married.tolist(),
            self._married_first.tolist(),
            self._female.tolist(),
            self._no_gender.tolist(),
            self._created.tolist(),
            strict=True,
        )
        for who, (given, family, flaw, married, before, woman, unknown, created) in enumerate(rows):
            identity, key = _FIRST_CUSTOMER + who, f"AW{_FIRST_CUSTOMER + who:08}"
            status, gender = "M" if married else "S", "F" if woman else "M"
            for back in range(older.get(who, 0), 0, -1):
                then = _iso(created - 97 * back)
                yield f"{identity},{key},{given},{family},{'S' if before else 'M'},{gender},{then}"
            if flaw:
                given = {1: "", 4: f"  {given}", 5: f"{given} "}.get(flaw, given)
                family = {2: "", 6: f" {family}", 7: f"{family}  "}.get(flaw, family)
                status = "" if flaw == 3 else status
            yield f"{identity},{key},{given},{family},{status},{'' if unknown else gender},{_iso(created)}"
        junk = setting.vocabulary["names"]["junk_keys"]
        for number in range(setting.scaled(4)):
            key = junk[number % len(junk)]
            yield f",{key if number < len(junk) else f'{key}-{number}'},,,,,"

    def cust_az12(self) -> Iterator[str]:
        """Yield the ERP's birth dates and genders; most keys have a prefix."""
        prefixed = self._setting.draws.exactly("NAS", self._base, self._total, [self._setting.scaled(11_042)])
        spelled = ("Male", "Female", "", "F", "M", "F ", "M ", "  ")
        rows = zip(prefixed.tolist(), self._birth, self._erp_gender.tolist(), strict=True)
        for who, (prefix, birth, gender) in enumerate(rows, start=_FIRST_CUSTOMER):
            yield f"{'NAS' if prefix else ''}AW{who:08},{birth},{spelled[gender]}"

    def loc_a101(self) -> Iterator[str]:
        """Yield the ERP's countries; its keys have a dash."""
        for who, country in enumerate(self._country, start=_FIRST_CUSTOMER):
            yield f"AW-{who:08},{country}"


def _sales_details(setting: Setting, orders: Orders, products: Products) -> Iterator[str]:
    """Yield the order lines by order number."""
    draws = setting.draws
    order = np.repeat(np.arange(len(orders.day)), orders.lines)
    starts = np.cumsum(orders.lines) - orders.lines
    line = np.arange(len(order)) - starts[order]
    product = _products_of_lines(setting, orders, products, order, line)
    day = orders.day[order]
    changes = np.searchsorted(products.product * 1_000_000 + products.start, product * 1_000_000 + day, side="right")
    earlier = np.searchsorted(products.product, product, side="left")
    price = np.maximum(products.price[product] * (100 + 3 * np.maximum(changes - earlier - 1, 0)) // 100, 1)
    place = order * _MOST_LINES + line
    several = (draws.below("several", place, 100) < 6) & ~np.isin(product, products.bikes)
    quantity = np.where(several, 2 + draws.below("quantity", place, 3), 1)
    sales = price * quantity

    kinds = [setting.scaled(count) for count in (17, 1, 1, 10, 4, 3, 6, 5, 2, 5)]
    flaw = draws.exactly("flaws", orders.base_lines, len(place), kinds)
    rows = zip(
        order.tolist(),
        product.tolist(),
        orders.customer[order].tolist(),
        day.tolist(),
        sales.tolist(),
        quantity.tolist(),
        price.tolist(),
        flaw.tolist(),
        strict=True,
    )
    number_of = products.numbers
    for number, item, customer, ordered, amount, count, each, kind in rows:
        when: str = _compact(ordered)
        total: int | str = amount
        unit: int | str = each
        if kind:
            when = {1: "0", 2: "32154", 3: "5489"}.get(kind, when)
            total = {4: amount + 1 + amount // 7, 5: -amount, 6: 0, 7: ""}.get(kind, amount)
            unit = {8: -each, 9: 0, 10: ""}.get(kind, each)
        yield (
            f"SO{_FIRST_ORDER + number},{number_of[item]},{_FIRST_CUSTOMER + customer},{when},"
            f"{_compact(ordered + 7)},{_compact(ordered + 12)},{total},{count},{unit}"
        )


def _products_of_lines(
    setting: Setting, orders: Orders, products: Products, order: Integers, line: Integers
) -> Integers:
    """Choose a product for each line, no product twice in an order.

    The further lines step through the regular products, whose number is prime, so that no step comes back
    within an order.
    """
    draws = setting.draws
    everything = np.arange(len(orders.day))
    regular = len(products.regular)
    first = draws.below("first product", everything, regular)
    step = 1 + draws.below("step", everything, regular - 1)
    product = products.regular[(first[order] + line * step[order]) % regular]
    # Nearly half of the orders begin with a bike, most often one of the dearest models.
    bikes = products.bikes[np.argsort(-products.price[products.bikes], kind="stable")]
    popularity = np.cumsum(10_000 // (2 + np.arange(len(bikes))))
    model = np.searchsorted(popularity, draws.below("bike", everything, int(popularity[-1])), side="right")
    with_bike = (draws.below("with a bike", everything, 100) < 45)[order] & (line == 0)
    product = np.where(with_bike, bikes[model][order], product)
    slow = draws.ranked("slow movers", orders.base_orders)[: sum(_SLOW_ORDERS)]
    starts = np.cumsum(orders.lines) - orders.lines
    at = 0
    for item, count in zip(products.slow.tolist(), _SLOW_ORDERS, strict=True):
        chosen = slow[at : at + count]
        product[starts[chosen[chosen < len(starts)]]] = item
        at += count
    return product


def _px_cat(vocabulary: dict[str, Any]) -> Iterator[str]:
    """Yield the ERP's categories; one that products refer to is not among them."""
    for category in vocabulary["categories"]:
        if category["category"]:
            yield ",".join(category[column] for column in ("id", "category", "subcategory", "maintenance"))


@cache
def _iso(day: int) -> str:
    """Return a day, counted from the first one, as yyyy-mm-dd."""
    return (_FIRST_DAY + timedelta(days=day)).isoformat()


@cache
def _compact(day: int) -> str:
    """Return a day, counted from the first one, as yyyymmdd."""
    return _iso(day).replace("-", "")


def _quoted(field: str) -> str:
    """Quote a CSV field if it needs it."""
    if "," in field or '"' in field:
        return '"' + field.replace('"', '""') + '"'
    return field


def _write(
    path: Path, header: str, rows: Iterator[str], end: str, last_end: bool, advance: Callable[[int], None]
) -> int:
    """Write a file of lines, streaming; return the number of rows after the header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(header)
        block: list[str] = []
        for row in rows:
            block.append(row)
            if len(block) == 50_000:
                file.write(end + end.join(block))
                count += len(block)
                advance(len(block))
                block.clear()
        if block:
            file.write(end + end.join(block))
            count += len(block)
            advance(len(block))
        if last_end:
            file.write(end)
    return count


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Write a drop of the source systems: six CSV files of invented data.")
    parser.add_argument("--scale", type=float, default=1, help="size relative to the profile, 0.01 to 1000 (default 1)")
    parser.add_argument("--seed", type=int, default=SEED, help=f"any integer from 0 up (default {SEED})")
    parser.add_argument(
        "--as-of",
        type=date.fromisoformat,
        default=BUSINESS_DATE,
        metavar="D",
        help=f"business date, yyyy-mm-dd: the drop holds the events before it (default {BUSINESS_DATE})",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for source_crm/ and source_erp/")
    options = parser.parse_args(arguments)
    try:
        written = generate(options.out, scale=options.scale, seed=options.seed, as_of=options.as_of)
    except (ArgumentError, OSError) as error:
        parser.error(str(error))
    for name, rows in written.items():
        print(f"{options.out / name}: {rows:,} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
