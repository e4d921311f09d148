"""The page of the warehouse after a good day, a day of many rejects, a failed one, a dry run and a withdrawal."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pyodbc
import pytest
from playwright.sync_api import Page

from tests.api.conftest import NO_WAREHOUSE, SYNC_KEY, new_database, settings_for
from tests.api.server import running_api
from tests.dashboards.conftest import NewScreen
from tests.dashboards.screen import Screen
from tests.dashboards.test_accessibility import PHONE, assert_accessible
from tests.days.drop import BASE, SALES, write_drop
from tests.days.handmade import HANDMADE_DAY
from tests.days.successive import DAYS
from tests.sql.steps import load_silver, open_batch
from tests.warehouse import Warehouse
from warehouse.sources import SOURCE_FILES

AIRFLOW = "http://airflow.test:8080"
RUN = "manual__2024-03-01T05:00:00+00:00"
FIRST, SECOND, THIRD = (day.business_date for day in DAYS)
REJECTING, FAILING = date(2024, 3, 5), date(2024, 3, 7)
AGAIN = 8
"""The batch of the day with rejects after the withdrawal of batch 7 has loaded it again: the load that ended last."""

LATEST = f"5 Mar 2024, batch {AGAIN}"
KEY = {"X-API-Key": SYNC_KEY}
WORDS = {
    "good": "published, every check passed",
    "warned": "published with warnings",
    "failed": "not published",
    "withdrawn": "withdrawn",
    "missing": "no load",
}
BEFORE = 20


@dataclass(frozen=True)
class Place:
    """The address of the page, and the warehouse that it shows."""

    address: str
    warehouse: Warehouse


@pytest.fixture(scope="module")
def loaded(deployed: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Batches 1 to 7: three days, a dry run, a day with rejects, a failed one, and one that was withdrawn."""
    warehouse = deployed
    warehouse.renew()
    folder = tmp_path_factory.mktemp("drops")
    for day in DAYS:
        write_drop(folder / str(day.business_date), day.lines)
        warehouse.load(folder / str(day.business_date), day.business_date)
    write_drop(folder / "dry", {SALES: [*BASE[SALES], "SO103,HL-U509,11001,20240102,20240106,20240113,35,1,35"]})
    dry = open_batch(warehouse, "dry run", date(2024, 3, 4))["batch_id"]
    load_silver(warehouse, dry, folder / "dry")
    warehouse.execute("EXEC etl.waive_checks ?, N'all', N'Ada', N'a day made by hand'", dry)
    warehouse.execute("EXEC etl.publish ?, @dry_run = 1", dry)
    warehouse.execute("EXEC etl.close_batch ?, N'checked'", dry)
    warehouse.load(HANDMADE_DAY, REJECTING, reject_limit=1)
    write_drop(folder / "cut", {SALES: BASE[SALES][:1]})
    with pytest.raises(pyodbc.Error, match="50012"):
        warehouse.load(folder / "cut", FAILING, waive=None)
    write_drop(folder / "again", {})
    warehouse.load(folder / "again", date(2024, 3, 9))
    warehouse.execute("EXEC etl.withdraw_batch 7, N'the wrong file'")
    runs = {batch["batch_id"]: batch["run_id"] for batch in warehouse.execute("SELECT batch_id, run_id FROM etl.batch")}
    warehouse.execute("UPDATE etl.batch SET run_id = ? WHERE batch_id = 1", RUN)
    yield warehouse
    warehouse.execute("UPDATE etl.batch SET run_id = ? WHERE batch_id = 1", runs[1])


@pytest.fixture(scope="module")
def place(postgres_for_dashboards: str, loaded: Warehouse) -> Iterator[Place]:
    """The page after the API has copied the loads; then the API loses the warehouse, and goes on without it."""
    with new_database(postgres_for_dashboards, "migrated") as url:
        with running_api(settings_for(url, loaded.server.odbc)) as base:
            for what in ("/api/sync", "/api/sync/monitoring"):
                answer = httpx.post(f"{base}{what}", headers=KEY, timeout=300)
                assert answer.is_success, answer.text
        with running_api(settings_for(url, NO_WAREHOUSE, airflow_public_url=AIRFLOW)) as base:
            yield Place(base, loaded)


@pytest.fixture
def screen(new_screen: NewScreen, place: Place) -> Screen:
    """A screen of its own on the page."""
    return new_screen(place.address)


def opened(screen: Screen, query: str = "") -> Page:
    answer = screen.page.goto(f"{screen.address}/dashboards/warehouse{query}")
    assert answer is not None
    assert answer.ok
    return screen.page


def texts(page: Page, rows: str) -> list[list[str]]:
    """Return the texts of the cells of each row."""
    script = "(rows) => rows.map((row) => [...row.children].map((each) => each.textContent.trim()))"
    found: list[list[str]] = page.eval_on_selector_all(rows, script)
    return found


def facts(page: Page) -> dict[str, str]:
    return dict(zip(page.locator("dt").all_text_contents(), page.locator("dd").all_text_contents(), strict=True))


def number(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"


def last_calls(warehouse: Warehouse) -> dict[tuple[int, str], dict[str, Any]]:
    """Return the last call of each step of each batch, from the log of steps."""
    rows = warehouse.execute("SELECT * FROM etl.step ORDER BY step_id")
    return {(row["batch_id"], row["step_name"]): row for row in rows}


def seconds(row: dict[str, Any]) -> float:
    duration: timedelta = row["ended_at"] - row["started_at"]
    return duration.total_seconds()


def test_the_calendar_has_the_state_of_each_day(screen: Screen, place: Place) -> None:
    page = opened(screen)
    deviating = {
        row["batch_id"]
        for row in place.warehouse.execute("SELECT DISTINCT batch_id FROM etl.quality_result WHERE passed = 0")
    }
    published = {1: FIRST, 2: SECOND, 3: THIRD, AGAIN: REJECTING}
    expected = {day: "warned" if batch in deviating else "good" for batch, day in published.items()}
    expected |= {FAILING: "failed", date(2024, 3, 9): "withdrawn"}
    expected |= {date(2024, 3, day): "missing" for day in (4, 6, 8)}  # a dry run of the 4th is no load
    for state, words in WORDS.items():
        days = page.locator(f".months .day.{state}").evaluate_all("(days) => days.map((day) => day.title)")
        wanted = [day for day, its_state in sorted(expected.items()) if its_state == state]
        assert [title.split(":")[0] for title in days] == [f"{day.day} Mar 2024" for day in wanted]
        if wanted:
            assert f"{words}: {len(wanted)}" in page.locator(".legend").inner_text()
    assert page.locator(".months caption").all_text_contents()[-1] == "March 2024"
    assert (
        page.locator(".months [aria-current]").get_attribute("title")
        == f"5 Mar 2024: {WORDS[expected[REJECTING]]}, batch {AGAIN}"
    )


def test_a_click_on_a_day_shows_its_load(screen: Screen) -> None:
    page = opened(screen)
    page.get_by_role("link", name="7 Mar 2024: not published, batch 6").click()
    assert page.url.endswith("?date=2024-03-07")
    assert page.locator("#load h2").inner_text().startswith("7 Mar 2024, batch 6")
    assert "few rows have left the drop" in page.locator("#load .story").inner_text()
    assert "etl.publish: error 50012" in page.locator("#load .error").inner_text()


@pytest.mark.parametrize("batch", range(1, 8))
def test_each_row_of_a_file_is_accounted_for(screen: Screen, place: Place, batch: int) -> None:
    page = opened(screen, f"?batch={batch}")
    steps = last_calls(place.warehouse)
    manifest = place.warehouse.execute("SELECT * FROM etl.manifest WHERE batch_id = ? ORDER BY source_table", batch)
    expected = []
    for file in manifest:
        table = file["source_table"]
        bronze, silver = (steps.get((batch, f"{layer}.load_{table}"), {}) for layer in ("bronze", "silver"))
        counts = [bronze.get("rows_inserted"), silver.get("rows_inserted"), silver.get("rows_superseded")]
        rejected = silver["rows_rejected"] + file["rows_rejected"] if silver else None
        expected.append([table, *map(number, [file["rows_read"], file["rows_written"], *counts, rejected]), ""])
    assert texts(page, "[aria-labelledby=files-title] tbody tr") == expected
    assert len(expected) == len(SOURCE_FILES)
    [sums] = texts(page, "#files tfoot tr")
    for column in range(1, 7):
        parts = [row[column] for row in expected]
        wanted = "–" if "–" in parts else number(sum(int(part.replace(",", "")) for part in parts))
        assert sums[column] == wanted


def test_the_delivered_rows_are_the_lines_of_the_files(screen: Screen, tmp_path: Path) -> None:
    """Counted without the warehouse."""
    write_drop(tmp_path, DAYS[0].lines)
    delivered = {
        source.table: len((tmp_path / source.path).read_text("utf-8").splitlines()) - 1 for source in SOURCE_FILES
    }
    page = opened(screen, f"?date={FIRST}")
    assert {row[0]: row[1] for row in texts(page, "[aria-labelledby=files-title] tbody tr")} == {
        table: number(count) for table, count in delivered.items()
    }


def test_the_rejected_rows_are_listed_by_reason_and_saved_whole(screen: Screen, place: Place) -> None:
    page = opened(screen, "?batch=5")
    rows = place.warehouse.execute("SELECT * FROM etl.rejected_row WHERE batch_id = 5")
    reasons = Counter((row["source_table"], row["column_name"], row["reason"]) for row in rows)
    shown = page.locator("#rejects summary").all_inner_texts()
    expected = {
        f"{count} {table}{f'.{column}' if column else ''}: {why}" for (table, column, why), count in reasons.items()
    }
    assert {" ".join(text.split()) for text in shown} == {" ".join(text.split()) for text in expected}
    counts = [int(text.split()[0]) for text in shown]
    assert counts == sorted(counts, reverse=True)
    first = page.locator("#rejects details").first
    first.locator("summary").click()
    lines = {f"{row['source_file']}, line {row['source_line']:,}": row["raw_row"] or "" for row in rows}
    for line, raw in texts(page, "#rejects details[open] li"):
        assert lines[line] == raw
    saved = Path(screen.download("#save-rejects").path()).read_text("utf-8")
    in_file = list(csv.DictReader(io.StringIO(saved, newline="")))
    names = ("source_table", "source_file", "source_line", "column_name", "reason", "raw_row")
    wanted = Counter(tuple(as_text(row[name]) for name in names) for row in rows)
    assert Counter(tuple(row[name] for name in names) for row in in_file) == wanted


def as_text(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in set("=+-@") else text


@pytest.mark.parametrize("batch", [1, 3, 5, 6])
def test_the_rules_have_their_findings_and_their_history(screen: Screen, place: Place, batch: int) -> None:
    page = opened(screen, f"?batch={batch}")
    results = place.warehouse.execute("SELECT * FROM gold.quality_results WHERE is_latest = 1")

    def state(batch_id: int, check: str) -> str:
        states = [
            "passed"
            if row["passed"]
            else "warned"
            if row["severity"] == "warning"
            else ("waived" if row["waived"] else "failed")
            for row in results
            if (row["batch_id"], row["check_name"]) == (batch_id, check)
        ]
        return next((each for each in ("failed", "waived", "warned", "passed") if each in states), "unchecked")

    history = [*(each for each in (1, 2, 3) if each < batch), *([AGAIN] if batch == 6 else []), batch]
    rules = place.warehouse.execute("SELECT * FROM etl.quality_rule")
    shown = page.locator(".rule").evaluate_all(
        """(rules) => rules.map((rule) => [rule.querySelector(".name").textContent,
          [...rule.querySelectorAll(".history i")].map((day) => day.className),
          [...rule.querySelectorAll(".findings li")].map(
            (each) => [...each.querySelectorAll("span")].map((part) => part.textContent)),
          rule.querySelector(".note").textContent, rule.querySelector("summary .state").textContent])"""
    )
    assert sorted(name for name, *_ in shown) == sorted(rule["check_name"] for rule in rules)
    order = [("failed", "waived", "warned", "passed", "unchecked").index(its_state) for *_, its_state in shown]
    assert order == sorted(order), "deviations come first"
    reasons = {rule["check_name"]: rule["reason"] for rule in rules}
    for name, days, findings, note, its_state in shown:
        assert days == [state(each, name) for each in history], name
        assert its_state == state(batch, name)
        assert reasons[name] in note
        assert "–" not in note, "a tolerance that the rule does not have"
        of_rule = [row for row in results if (row["batch_id"], row["check_name"]) == (batch, name)]
        assert sorted(found[1] for found in findings if len(found) > 1) == sorted(row["subject"] for row in of_rule)
        values = {found[1]: found[2] for found in findings if len(found) > 1}
        for row in of_rule:
            share = (
                f" of {row['observed_of']:,} ({row['observed'] / row['observed_of']:.2%})" if row["observed_of"] else ""
            )
            assert values[row["subject"]] == f"{number(row['observed'])}{share}"


def in_seconds(text: str) -> float:
    return float(text.removesuffix(" s"))


@pytest.mark.parametrize("batch", [1, 5, 6])
def test_the_steps_have_their_duration_and_the_usual_one(screen: Screen, place: Place, batch: int) -> None:
    page = opened(screen, f"?batch={batch}")
    calls = last_calls(place.warehouse)
    statuses = {row["batch_id"]: row["status"] for row in place.warehouse.execute("SELECT * FROM etl.batch")}
    before = [each for each, status in sorted(statuses.items()) if status == "succeeded" and each < batch][-BEFORE:]
    of_batch = {name: row for (its_batch, name), row in calls.items() if its_batch == batch}
    shown = texts(page, "#steps tbody tr")
    assert [row[0].removesuffix(" failed") for row in shown] == sorted(
        of_batch, key=lambda name: (of_batch[name]["started_at"], name)
    )
    for name, _, took, usual, rows in shown:
        step = name.removesuffix(" failed")
        assert (of_batch[step]["status"] == "failed") is name.endswith(" failed")
        assert in_seconds(took) == pytest.approx(seconds(of_batch[step]), abs=0.0051)
        earlier = [seconds(calls[each, step]) for each in before if (each, step) in calls]
        assert (usual == "–") is (earlier == [])
        if earlier:
            assert in_seconds(usual) == pytest.approx(median(earlier), abs=0.0051)
        assert rows == number(of_batch[step]["rows_read"])


def test_a_load_is_found_by_its_run_and_leads_back_to_the_logs_of_its_tasks(screen: Screen) -> None:
    page = opened(screen, f"?run={RUN.replace('+', '%2B')}")
    assert page.locator("#load h2").inner_text().startswith("1 Mar 2024, batch 1")
    run = f"{AIRFLOW}/dags/sales_warehouse/runs/manual__2024-03-01T05%3A00%3A00%2B00%3A00"
    assert page.get_by_role("link", name=RUN).get_attribute("href") == run
    logs = {link.inner_text(): link.get_attribute("href") for link in page.locator("#steps a").all()}
    assert logs["bronze.load_crm_cust_info"] == f"{run}/tasks/bronze.crm_cust_info"
    assert logs["silver.load_erp_loc_a101"] == f"{run}/tasks/silver.erp_loc_a101"
    assert logs["silver.load_sales"] == logs["etl.publish"] == f"{run}/tasks/publish"
    assert opened(screen, "?batch=2").locator(".airflow").count() == 0, "that load was no run of Airflow"


def test_what_is_served_and_how_old_it_is(screen: Screen, place: Place) -> None:
    [shown] = place.warehouse.execute("SELECT batch_id, business_date FROM gold.current_batch")
    its_facts = facts(opened(screen))
    age = (datetime.now().astimezone().date() - shown["business_date"]).days
    assert its_facts["Batch"] == str(shown["batch_id"])
    assert its_facts["Business date"].startswith(f"{shown['business_date'].day} Mar 2024, {age:,} days old") or age
    assert its_facts["This page"].startswith("as of ")
    assert screen.page.get_by_text("Behind the warehouse").count() == 0


def test_a_day_that_is_published_and_not_served_yet_is_told(
    new_screen: NewScreen, other_database: str, loaded: Warehouse
) -> None:
    with running_api(settings_for(other_database, loaded.server.odbc)) as base:
        screen = new_screen(base)
        assert "has not copied the warehouse’s loads yet" in opened(screen).locator("main").inner_text()
        assert httpx.post(f"{base}/api/sync/monitoring", headers=KEY, timeout=300).is_success
        assert "Behind the warehouse: gold shows batch" in opened(screen).locator("#served").inner_text()
        assert_accessible(screen)


@pytest.mark.parametrize(
    ("query", "message", "shown"),
    [
        ("?batch=99", "there is no batch 99", LATEST),
        ("?run=manual__x", "the run manual__x has opened no batch", LATEST),
        ("?date=tomorrow", "tomorrow is not a day such as 2026-02-01", LATEST),
        ("?month=13", "13 is not a month such as 2026-02", LATEST),
        ("?utm_source=mail&batch=2", "", "2 Mar 2024, batch 2"),
    ],
)
def test_a_wrong_parameter_is_named_and_the_rest_is_shown(screen: Screen, query: str, message: str, shown: str) -> None:
    page = opened(screen, query)
    assert message in " ".join(page.locator("body > .wrong").all_inner_texts())
    assert page.locator("body > .wrong").count() == bool(message)
    assert page.locator("#load h2").inner_text().startswith(shown)


def test_a_day_without_a_load_says_so(screen: Screen) -> None:
    assert "No load for 4 Mar 2024." in opened(screen, "?date=2024-03-04").locator("main").inner_text()


def test_only_airflow_may_show_the_page_in_a_frame(place: Place) -> None:
    page = httpx.get(f"{place.address}/dashboards/warehouse")
    assert f"frame-ancestors {AIRFLOW};" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    for other in ("sales", "customers"):
        assert httpx.get(f"{place.address}/dashboards/{other}").headers["X-Frame-Options"] == "DENY"


def test_rejected_rows_of_no_batch_are_not_found(place: Place) -> None:
    assert httpx.get(f"{place.address}/dashboards/warehouse/rejected-rows-99.csv").status_code == 404


@pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(new_screen: NewScreen, place: Place, scheme: str, device: dict[str, object]) -> None:
    screen = new_screen(place.address, color_scheme=scheme, **device)
    for query in ("?batch=5", "?batch=6", "?date=2024-03-04"):
        page = opened(screen, query)
        page.eval_on_selector_all("details", "(all) => all.forEach((each) => { each.open = true; })")
        assert_accessible(screen)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
