"""The page of the warehouse: its loads by business date, and one of them in detail.

The server renders it whole, because it has no chart of Plotly and no filter. It reads the schema ``monitoring`` and
the sync runs, so it works while the warehouse is down. In Airflow it is also a tab of a run, in a frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import psycopg
from flask import Flask, Response, abort, current_app, make_response, render_template, request
from sqlalchemy import bindparam, select

from api.dashboards import loads
from api.dashboards.charts import Link
from api.dashboards.loads import STATES, Load, LoadedFile, Reason, Rejected, Result, Rule, Step
from api.dashboards.selection import PREFIX
from api.dashboards.shell import TITLES, footer, navigation, served
from api.figures.periods import ONE_DAY, add_months, format_day, format_time, unit_of
from api.http.access import requires
from api.http.downloads import csv_file
from api.http.security_headers import PAGE_POLICY
from api.serving.database import Reader, read, sql_text
from api.serving.models import RejectedRow, table
from api.serving.served import served_day

NAME = "warehouse"
ADDRESS = f"{PREFIX}{NAME}"
LOAD_DAG = "sales_warehouse"
MONTHS = 4
"""The calendar shows this number of months."""

HISTORY = 30
"""The history of a rule covers this number of days."""

RUN_OF_AIRFLOW = re.compile(r"[A-Za-z0-9_.~:+-]+")
"""The ids of Airflow's runs. Those of loads by hand have blanks: ``manual …``, ``retry of batch …``."""

RESULT_ORDER = ("failed", "waived", "warned", "passed", "unchecked")
REJECTED_ROWS = table(RejectedRow)
REJECTED_COLUMNS = ("source_table", "source_file", "source_line", "column_name", "reason", "raw_row")
FIND_REJECTED = sql_text(
    select(*(REJECTED_ROWS.c[name] for name in REJECTED_COLUMNS))
    .where(REJECTED_ROWS.c.batch_id == bindparam("batch_id"))
    .order_by(REJECTED_ROWS.c.source_table, REJECTED_ROWS.c.source_line, REJECTED_ROWS.c.column_name)
)
ASSETS = Path(__file__).parent / "assets"
SHARED = ("dashboards.css", "theme.js")
"""The assets of the other pages that this one uses, too."""


@dataclass(frozen=True)
class Day:
    """A day of the calendar: its number, state (none before the first and after the last load), and link."""

    number: int
    state: str
    href: str
    title: str
    chosen: bool


@dataclass(frozen=True)
class Month:
    """A month of the calendar in weeks from Monday to Sunday; None stands for a day of another month."""

    title: str
    weeks: Sequence[Sequence[Day | None]]


@dataclass(frozen=True)
class Choice:
    """What the address asks for: a load, or a day without one, and the last month of the calendar.

    ``wrong`` has a message for each parameter that was left out because it is invalid.
    """

    load: Load | None
    day: date | None
    month: date | None
    wrong: Sequence[str]


@dataclass(frozen=True)
class Finding:
    """What a rule found about a subject: state, values in words, and those of the last days as points of a line."""

    subject: str
    state: str
    observed: str
    expected: str
    points: str


@dataclass(frozen=True)
class Judgement:
    """A rule, its worst state in the load, what it found, and its state on each of the last days."""

    rule: Rule
    state: str
    tolerance: str
    findings: Sequence[Finding]
    history: Sequence[tuple[str, str]]
    summary: str


@dataclass(frozen=True)
class Duration:
    """A step with its duration and the usual one, as texts and as parts of the longest, and the link to its log."""

    name: str
    state: str
    seconds: str
    usual: str
    length: float
    mark: float | None
    rows: str
    log: str


def init_app(app: Flask) -> None:
    """Add the page and the file of the rejected rows. They require the read scope."""
    view = requires("read", in_browser=True)
    app.add_url_rule(ADDRESS, "dashboards.warehouse", view(page))
    app.add_url_rule(f"{ADDRESS}/rejected-rows-<int:batch_id>.csv", "dashboards.rejected_rows", view(rejected_file))


def page() -> Response:
    """Render the page of the load that the address asks for, by default the latest."""
    try:
        content = _content()
    except psycopg.Error:
        current_app.logger.exception("The page of the warehouse could not be drawn.")
        reason = "The serving database does not answer in time. Try again in a moment, or see /health/ready."
        return _response(503, failure=reason, again=ADDRESS)
    return _response(200, **content)


def _response(status: int, **content: Any) -> Response:
    files = [f"{PREFIX}assets/{name}?m={int((ASSETS / name).stat().st_mtime)}" for name in SHARED]
    text = render_template(
        "dashboards/warehouse.html",
        title=TITLES[NAME],
        pages=navigation(NAME, {}),
        shared=files,
        footer=footer(),
        **content,
    )
    response = make_response(text, status)
    if airflow := current_app.config["SETTINGS"].airflow_public_url:
        address = urlsplit(airflow)
        response.headers["Content-Security-Policy"] = PAGE_POLICY.format(f"{address.scheme}://{address.netloc}")
    return response


def _content() -> dict[str, Any]:
    reader: Reader = current_app.extensions["reader"]
    with reader.snapshot() as connection:
        copied_at = loads.copied_at(connection)
        all_loads = loads.loads(connection)
        days = loads.by_day(all_loads)
        choice = choose(request.args, all_loads, days)
        content = {
            **_frame(all_loads, copied_at),
            "wrong": choice.wrong,
            "calendar": _calendar(choice, days),
            "states": _counts(days),
            "load": None,
            "day": format_day(choice.day) if choice.day else None,
        }
        if choice.load:
            content |= _detail(connection, all_loads, days, choice.load)
    return content


def rejected_file(batch_id: int) -> Response:
    """Send all rejected rows of a load as CSV."""
    if not read("SELECT 1 FROM monitoring.load_batches WHERE batch_id = %(batch_id)s", {"batch_id": batch_id}):
        abort(404, f"There is no batch {batch_id}. {ADDRESS} lists the batches.")
    return csv_file(f"rejected-rows-{batch_id}.csv", REJECTED_COLUMNS, FIND_REJECTED, {"batch_id": batch_id})


def choose(parameters: Mapping[str, str], all_loads: Sequence[Load], days: Mapping[date, Load]) -> Choice:
    """Return what the parameters ask for: ``batch``, ``run`` or ``date``, and ``month``; by default the latest load.

    A day stands for the load that decides its state. Other parameters are ignored.
    """
    wrong: list[str] = []
    load: Load | None = max(days.values(), key=lambda each: (each.closed_at is None, each.closed_at), default=None)
    day = load.business_date if load else None
    asked = next((name for name in ("batch", "run", "date") if parameters.get(name)), None)
    if asked == "batch":
        found = next((each for each in all_loads if str(each.batch_id) == parameters["batch"]), None)
        load = found or load
        if not found:
            wrong.append(f"batch: there is no batch {parameters['batch'][:40]}.")
    elif asked == "run":
        found = next((each for each in all_loads if each.run_id == parameters["run"]), None)
        load = found or load
        if not found:
            wrong.append(f"run: the run {parameters['run'][:100]} has opened no batch, or has not ended yet.")
    elif asked == "date":
        try:
            day = date.fromisoformat(parameters["date"])
            load = days.get(day)
        except ValueError:
            wrong.append(f"date: {parameters['date'][:40]} is not a day such as 2026-02-01.")
    day = load.business_date if load else day
    month = None
    if parameters.get("month"):
        try:
            month = date.fromisoformat(f"{parameters['month']}-01")
        except ValueError:
            wrong.append(f"month: {parameters['month'][:40]} is not a month such as 2026-02.")
    return Choice(load, day, month, wrong)


def _frame(all_loads: Sequence[Load], copied_at: datetime | None) -> dict[str, Any]:
    """Return the variables about the whole warehouse: what is served, and how old that and the copy are."""
    found = served_day()
    shown = max((each for each in all_loads if each.shown_at and not each.withdrawn_at), key=_shown_at, default=None)
    lag = ""
    if shown and (found is None or found["batch_id"] != shown.batch_id):
        lag = f"gold shows batch {shown.batch_id} of {format_day(shown.business_date)}: run sales_serving"
    day = served(found["business_date"], found["synced_at"], found["sample_customers"]) if found else {}
    return {
        **day,
        "served_batch": found["batch_id"] if found else None,
        "lag": lag,
        "copied_at": format_time(copied_at) if copied_at else None,
    }


def _shown_at(load: Load) -> datetime:
    return load.shown_at or datetime.min.replace(tzinfo=UTC)


def _calendar(choice: Choice, days: Mapping[date, Load]) -> dict[str, Any]:
    """Return the months of the calendar, and the links to earlier and later ones."""
    if not days:
        return {"months": [], "earlier": "", "later": ""}
    first, last = (unit_of(each, "month").first for each in (min(days), max(days)))
    end = last
    if choice.month:
        end = min(max(choice.month, first), last)
    elif choice.day and unit_of(choice.day, "month").first <= add_months(last, -MONTHS):
        end = max(unit_of(choice.day, "month").first, first)
    shown = [add_months(end, -back) for back in reversed(range(MONTHS))]
    missing = loads.missing_days(days)
    kept = {"batch": str(choice.load.batch_id)} if choice.load else {}
    return {
        "months": [_month(month, choice, days, missing) for month in shown],
        "earlier": _href(kept | {"month": f"{add_months(shown[0], -1):%Y-%m}"}) if shown[0] > first else "",
        "later": _href(kept | {"month": f"{min(add_months(end, MONTHS), last):%Y-%m}"}) if end < last else "",
    }


def _month(month: date, choice: Choice, days: Mapping[date, Load], missing: set[date]) -> Month:
    cells: list[Day | None] = [None] * month.weekday()
    for day in (month + ONE_DAY * number for number in range(31)):
        if day.month == month.month:
            load = days.get(day)
            state = load.state if load else "missing" if day in missing else ""
            words = f"{format_day(day)}: {STATES[state]}" if state else format_day(day)
            title = f"{words}, batch {load.batch_id}" if load else words
            cells.append(Day(day.day, state, _href({"date": str(day)}) if load else "", title, day == choice.day))
    cells += [None] * (-len(cells) % 7)
    return Month(f"{month:%B %Y}", [cells[at : at + 7] for at in range(0, len(cells), 7)])


def _counts(days: Mapping[date, Load]) -> list[tuple[str, str, int]]:
    """Return each state that a day has, with its meaning and the number of days."""
    states = [load.state for load in days.values()] + ["missing"] * len(loads.missing_days(days))
    return [(state, words, states.count(state)) for state, words in STATES.items() if state in states]


def _detail(
    connection: psycopg.Connection[Any], all_loads: Sequence[Load], days: Mapping[date, Load], load: Load
) -> dict[str, Any]:
    """Return the variables of a load."""
    accounts = loads.files(connection, load.batch_id)
    its_steps = loads.steps(connection, [load.batch_id])
    judgements = _judgements(connection, days, load)
    before = loads.published_before(all_loads, load)
    waived: dict[tuple[str, str], list[str]] = {}
    for each in loads.waivers(connection, load.batch_id):
        waived.setdefault((each.waived_by, each.reason), []).append(each.check_name)
    sources = [account.source_table for account in accounts]
    return {
        "load": load,
        "state_words": STATES[load.state],
        "story": _story(load, accounts, judgements),
        "errors": [step for step in its_steps if step.error_message],
        "tiles": _tiles(load, before, accounts, judgements),
        "facts": _facts(load),
        "waivers": waived.items(),
        "run_link": _run_link(load.run_id),
        "attempts": _attempts(all_loads, load),
        "files": accounts,
        "sums": _sums(accounts),
        "entities": [step for step in its_steps if step.step_name in _entities(its_steps, sources)],
        "reasons": _with_samples(loads.reasons(connection, load.batch_id), loads.rejected(connection, load.batch_id)),
        "rejected_file": f"{ADDRESS}/rejected-rows-{load.batch_id}.csv",
        "judgements": judgements,
        "durations": _durations(its_steps, loads.usual_seconds(connection, before), load, sources),
    }


def _story(load: Load, accounts: Sequence[LoadedFile], judgements: Sequence[Judgement]) -> str:
    """Return the load in a sentence."""
    day = format_day(load.business_date)
    sums = _sums(accounts)
    rows = f"{sums['file_rows']:,} rows delivered, {sums['rejected_rows'] or 0:,} rejected" if accounts else ""
    match load.status:
        case "succeeded":
            how = "added as history" if load.is_history else "published"
            warnings = sum(judgement.state in ("warned", "waived") for judgement in judgements)
            checks = f"{_plural(warnings, 'check')} deviated" if warnings else "every check passed"
            return f"{day} is {how}: {checks}; {rows}."
        case "failed":
            stopped = [judgement.rule.check_name for judgement in judgements if judgement.state == "failed"]
            why = f" Checks stopped it: {'; '.join(stopped)}." if stopped else ""
            return f"{day} was not published.{why}"
        case "withdrawn":
            return f"{day} was withdrawn: {load.withdrawn_reason}"
        case "checked":
            return f"{day} passed a dry run, and nothing was published; {rows}."
    return f"{day} is loading."


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _tiles(
    load: Load, before: Sequence[Load], accounts: Sequence[LoadedFile], judgements: Sequence[Judgement]
) -> list[tuple[str, str, str]]:
    """Return label, figure and remark of each tile about the load; ``before`` are the published loads before it."""
    durations = [each.seconds for each in before if each.seconds is not None]
    usually = f"usually {format_seconds(median(durations))}" if durations else ""
    sums = _sums(accounts)
    checked = [judgement for judgement in judgements if judgement.state != "unchecked"]
    met = sum(judgement.state == "passed" for judgement in checked)
    rejected = sums["rejected_rows"]
    share = f"{rejected / sums['file_rows']:.3%} of the rows" if rejected and sums["file_rows"] else ""
    return [
        ("Duration", format_seconds(load.seconds) if load.seconds is not None else "–", usually),
        ("Rows loaded", _count(sums["loaded_rows"]), f"of {_count(sums['file_rows'])} delivered"),
        ("Rows rejected", _count(rejected), share),
        ("Checks met", f"{met} of {len(checked)}" if checked else "–", "" if checked else "none has run"),
    ]


def _facts(load: Load) -> list[tuple[str, str]]:
    """Return what is known of the load as pairs of title and text; without what has no value."""
    flags = {"replay": load.is_replay, "history": load.is_history, "same drop on purpose": load.same_drop}
    accepted = ""
    if load.rejects_accepted is not None:
        accepted = f"{load.rejects_accepted:,} by {load.rejects_accepted_by}: {load.rejects_note}"
    facts = {
        "Drop": load.source_dir or "",
        "Opened": format_time(load.opened_at),
        "Published": format_time(load.published_at) if load.published_at else "",
        "Closed": format_time(load.closed_at) if load.closed_at else "",
        "Reject limit": f"{load.reject_limit:.2%}",
        "Kind": ", ".join(name for name, value in flags.items() if value),
        "Rejects accepted": accepted,
        "Costs restated": f"{load.restated_cost:,}" if load.restated_cost else "",
        "Withdrawn": f"{format_time(load.withdrawn_at)}: {load.withdrawn_reason}" if load.withdrawn_at else "",
    }
    return [(title, text) for title, text in facts.items() if text]


def _attempts(all_loads: Sequence[Load], load: Load) -> list[Link]:
    """Return a link to each load of the day."""
    of_day = [each for each in all_loads if each.business_date == load.business_date]
    return [
        Link(f"{each.batch_id} {each.state}", _href({"batch": str(each.batch_id)}), each == load) for each in of_day
    ]


def _sums(accounts: Sequence[LoadedFile]) -> dict[str, int | None]:
    """Return the sum of each count over all files; None if a file has none yet."""
    names = ("file_rows", "staged_rows", "bronze_rows", "loaded_rows", "superseded_rows", "rejected_rows")
    sums: dict[str, int | None] = {}
    for name in (*names, "unaccounted_rows"):
        values = [getattr(account, name) for account in accounts]
        sums[name] = None if None in values or not values else sum(values)
    return sums


def _entities(its_steps: Sequence[Step], sources: Sequence[str]) -> set[str]:
    """Return the names of the steps that load the integrated tables, which gold shows."""
    cleansed = {f"silver.load_{source}" for source in sources}
    return {step.step_name for step in its_steps if step.step_name.startswith("silver.")} - cleansed


def _with_samples(reasons: Sequence[Reason], rows: Sequence[Rejected]) -> list[tuple[Reason, list[Rejected]]]:
    """Return the reasons with the first of their rows."""

    def key(each: Reason | Rejected) -> tuple[str, str, str]:
        return each.source_table, each.column_name, each.reason

    return [(reason, [row for row in rows if key(row) == key(reason)]) for reason in reasons]


def _judgements(connection: psycopg.Connection[Any], days: Mapping[date, Load], load: Load) -> list[Judgement]:
    """Return the rules with their findings in the load and their history, deviations first."""
    before = [days[day] for day in sorted(days) if day < load.business_date]
    shown = [*before[-(HISTORY - 1) :], load]
    found: dict[int, dict[str, list[Result]]] = {}
    for result in loads.results(connection, [each.batch_id for each in shown]):
        found.setdefault(result.batch_id, {}).setdefault(result.check_name, []).append(result)
    judgements = []
    for rule in loads.rules(connection):
        of_rule = [(each, found.get(each.batch_id, {}).get(rule.check_name, [])) for each in shown]
        history = [(_worst(found_then), format_day(each.business_date)) for each, found_then in of_rule]
        states = [state for state, _ in history if state != "unchecked"]
        lines = _lines(results for _, results in of_rule)
        judgements.append(
            Judgement(
                rule,
                history[-1][0],
                tolerance(rule),
                [_finding(rule, result, lines[result.subject]) for result in of_rule[-1][1]],
                history,
                f"met on {states.count('passed')} of the last {_plural(len(states), 'day')}",
            )
        )
    return sorted(judgements, key=lambda each: (RESULT_ORDER.index(each.state), each.rule.check_name))


def _worst(results: Sequence[Result]) -> str:
    return min((result.state for result in results), key=RESULT_ORDER.index, default="unchecked")


def _lines(days: Iterable[Sequence[Result]]) -> dict[str, list[float | None]]:
    """Return the values of each subject, one a day: the observed share, or the observed number; None without one."""
    every = list(days)
    subjects = {result.subject for results in every for result in results}
    lines: dict[str, list[float | None]] = {subject: [None] * len(every) for subject in subjects}
    for place, results in enumerate(every):
        for result in results:
            if result.observed is not None:
                lines[result.subject][place] = result.observed / (result.observed_of or 1)
    return lines


def _finding(rule: Rule, result: Result, line: Sequence[float | None]) -> Finding:
    expected = ""
    if rule.expectation == "equal":
        expected = f"expected {_count(result.expected)}"
    elif result.expected is not None:
        expected = f"the day before {_of(result.expected, result.expected_of)}"
    return Finding(result.subject, result.state, _of(result.observed, result.observed_of), expected, _points(line))


def _of(count: int | None, whole: int | None) -> str:
    if count is None or not whole:
        return _count(count)
    return f"{count:,} of {whole:,} ({count / whole:.2%})"


def _points(line: Sequence[float | None]) -> str:
    """Return the points of a line within 100 × 20, from the least to the largest value; empty with fewer than two."""
    values = [value for value in line if value is not None]
    if len(values) < 2 or len(line) < 2:
        return ""
    least, range_of_values = min(values), max(values) - min(values)
    points = []
    for place, value in enumerate(line):
        if value is not None:
            height = (value - least) / range_of_values if range_of_values else 0.5
            points.append(f"{100 * place / (len(line) - 1):.1f},{18 - 16 * height:.1f}")
    return " ".join(points)


def tolerance(rule: Rule) -> str:
    """Return what a rule tolerates, in words."""
    match rule.expectation:
        case "equal":
            return "exact; a deviation warns" if rule.severity == "warning" else "exact; a deviation stops the publish"
        case "change" if rule.error_fall is None:
            return f"stops below {_count(rule.minimum)}"
        case "change":
            stops = f"stops below −{_percent(rule.error_fall)} or above +{_percent(rule.error_rise)} a day"
            return f"{stops}; warns from −{_percent(rule.warning_fall)} or +{_percent(rule.warning_rise)} a day"
        case "share":
            stops = f"stops {_points_above(rule.error_rise)} the day before; warns {_points_above(rule.warning_rise)}"
            return f"{stops}; on a first day stops above {_percent(rule.first_limit)}"
        case "daily":
            return f"stops above {_percent(rule.error_rise)} a day; warns above {_percent(rule.warning_rise)} a day"
    return f"stops above {_percent(rule.error_rise)}; warns above {_percent(rule.warning_rise)}"


def _percent(part: Decimal | None) -> str:
    return "–" if part is None else f"{float(100 * part):.4g} %"


def _points_above(part: Decimal | None) -> str:
    return "never above" if part is None else f"{float(100 * part):.4g} points above"


def _durations(
    its_steps: Sequence[Step], usual: Mapping[str, float], load: Load, sources: Sequence[str]
) -> list[Duration]:
    longest = max([step.seconds or 0 for step in its_steps] + list(usual.values()), default=0) or 1
    durations = []
    for step in its_steps:
        its_usual = usual.get(step.step_name)
        durations.append(
            Duration(
                step.step_name,
                step.status,
                format_seconds(step.seconds) if step.seconds is not None else "–",
                format_seconds(its_usual) if its_usual is not None else "–",
                (step.seconds or 0) / longest,
                its_usual / longest if its_usual is not None else None,
                _count(step.rows_read),
                _run_link(load.run_id, _task(step.step_name, sources)),
            )
        )
    return durations


def _task(step_name: str, sources: Sequence[str]) -> str:
    """Return the Airflow task that runs a step: etl.reconcile → reconcile, silver.load_sales → publish."""
    layer, _, procedure = step_name.partition(".")
    source = procedure.removeprefix("load_")
    if layer == "etl":
        return procedure
    return f"{layer}.{source}" if source in sources else "publish"


def _run_link(run_id: str, task: str = "") -> str:
    """Return the URL of a run in Airflow, or of the log of its task; empty without an address, or for another load."""
    airflow = current_app.config["SETTINGS"].airflow_public_url
    if not airflow or not RUN_OF_AIRFLOW.fullmatch(run_id):
        return ""
    run = f"{airflow}/dags/{LOAD_DAG}/runs/{quote(run_id, safe='')}"
    return f"{run}/tasks/{task}" if task else run


def _href(parameters: Mapping[str, str]) -> str:
    return f"{ADDRESS}?{urlencode(parameters)}"


def _count(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"


def format_seconds(seconds: float) -> str:
    """Format a duration: 0.08 s, 12.3 s, 3 min 20 s, 1 h 5 min."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 90:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_of_hour = divmod(minutes, 60)
    return f"{hours} h {minutes_of_hour} min" if hours else f"{minutes} min {rest} s"
