"""The tests that `make test` leaves to `make test-all` or to `make soak`, and why.

A pattern stands for the tests whose name, from this folder on, it matches: ``*`` is any text. Of a table of cases
``make test`` runs the ones in ``but``, so that it has cases of each table, too. A pattern that matches no test of a
file is an error, because the tests it meant would be in the short run again.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Long:
    """Tests of the long run: ``pattern`` without the cases of ``but``, each the text between the brackets.

    ``exhaustive`` ones are left to `make soak`: `make test` has cases of the same kind.
    """

    pattern: str
    why: str
    but: tuple[str, ...] = ()
    exhaustive: bool = False

    def __contains__(self, name: str) -> bool:
        case = name.partition("[")[2].removesuffix("]")
        return _matches(name, self.pattern) and not any(_matches(case, kept) for kept in self.but)


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern)


_NASTY = (
    "money that overflows",
    "every combination of sales, quantity and price",
    "keys that differ only in case",
    "dates at the edges",
    "too few and too many columns",
)
"""One of each kind: amounts, repairs, keys, dates, form."""
_LOADED = ("every combination of sales, quantity and price",)
"""The one that the short run loads."""
_LOOKS = (
    "all dates",
    "a month that is not over",
    "years by quarter",
    "two countries",
    "a quarter of the first order",
    "a little of everything",
    "days before the first order",
)
"""A period of each kind, each side of the star, several filters, and nothing."""

LONG = (
    # The system
    Long("e2e/*", "installs and starts the whole system, loads a month, kills services: tests/dags runs the same DAGs"),
    Long("deploy/test_replay.py::*", "runs every service of the compose file under bubblewrap"),
    Long(
        "deploy/test_images.py::test_the_api_migrates_and_answers_from_its_image",
        "installs an image's packages",
        exhaustive=True,
    ),
    Long("deploy/test_images.py::test_airflow_reads_the_dags_in_its_image", "installs an image's packages"),
    Long(
        "stack/test_bootstrap.py::test_only_files_whose_hash_*",
        "installs packages",
        but=("another file's hash-by pip",),
        exhaustive=True,
    ),
    Long("stack/test_bootstrap.py::test_the_stand_in_is_installed_*", "installs packages"),
    Long("docs/test_examples.py::*", "runs each example of the page; tests/api has the same operations"),
    Long("api/test_sales_equals_gold.py::*", "loads a drop of scale 0.1", but=("scale 0.01", "scale 1")),
    Long("api/test_sales_equals_gold.py::*", "a drop of scale 1", but=("scale 0.01", "scale 0.1"), exhaustive=True),
    Long("api/test_client.py::*", "installs a generator"),
    Long("docs/test_postman.py::*", "loads and serves the committed drop"),
    Long("docs/test_examples_in_the_description.py::test_each_example_is_*", "loads and serves the committed drop"),
    # Kills and fuzzing
    Long(
        "sql/test_killed_server.py::test_a_server_killed_again_and_again_*",
        "the other test kills it twice",
        exhaustive=True,
    ),
    Long("sql/test_changed_rows.py::test_*each_line_was_last_seen_on_*", "made-up days, one after the other"),
    Long("sql/test_deployment.py::test_loads_go_on_while_it_is_deployed", "a dozen deployments beside loads"),
    Long("api/test_schemathesis.py::*", "more than a thousand made-up requests"),
    Long("api/test_sync_kills.py::*", "kills a sync at each stage"),
    Long("api/test_reading_while_syncing.py::*", "fifty syncs; test_sync.py reads beside a few"),
    Long("api/test_sync.py::test_a_killed_sync_*", "kills a sync"),
    Long("api/test_sync.py::test_invalid_parameters_*", "each parameter", but=("body3-*",)),
    Long("api/test_answer_cache.py::test_no_answer_*", "a thousand syncs and writes", but=("60",), exhaustive=True),
    Long("api/test_rolling_update.py::*", "replaces the server under a sync"),
    Long("plugins/test_staging_equals_the_oracle.py::*", "made-up files by the hundred"),
    # Many cases of one rule
    Long(
        "sql/test_gold_equals_the_oracle.py::test_a_nasty_drop_*", "a load for each drop", but=_LOADED, exhaustive=True
    ),
    Long("sql/test_gold_equals_the_oracle.py::test_a_small_drop_*", "as the committed drop, from other seeds"),
    Long("days/test_nasty.py::test_the_rejects_are_those_*", "the oracle on each drop", but=_NASTY, exhaustive=True),
    Long(
        "days/test_nasty.py::test_every_row_is_accounted_for*", "the oracle on each drop", but=_NASTY, exhaustive=True
    ),
    Long("days/test_nasty.py::test_staging_sees_the_same_*", "the oracle on each drop", but=_NASTY, exhaustive=True),
    Long(
        "days/test_nasty.py::test_form_does_not_change_*",
        "the oracle on each drop",
        but=("CRLF and LF mixed",),
        exhaustive=True,
    ),
    Long("data/test_generate.py::test_every_segment_of_the_reports_occurs*", "generates scale 5", but=("[!5]*",)),
    Long(
        "sql/test_landing.py::test_a_file_that_changed_*",
        "each change to each file",
        but=("crm_sales_details-*", "*-missing"),
        exhaustive=True,
    ),
    Long(
        "sql/test_landing.py::test_a_changed_manifest_*",
        "each change to both lists",
        but=("manifest.txt-a byte changed", "rejected.txt-missing"),
        exhaustive=True,
    ),
    Long(
        "sql/test_bad_drops.py::test_a_bad_drop_*",
        "each refusal of staging again, with gold beside it",
        but=("a missing file", "UTF-16", "two bad files"),
        exhaustive=True,
    ),
    Long("sql/test_calendar.py::test_a_wrong_date_*", "each wrong date", but=("17530101",), exhaustive=True),
    Long(
        "sql/test_changed_rows.py::test_one_changed_value_of_a_line_*",
        "each column",
        but=("order_date",),
        exhaustive=True,
    ),
    Long(
        "sql/test_changed_rows.py::test_one_changed_value_of_a_customer_*",
        "each field",
        but=("3-gone",),
        exhaustive=True,
    ),
    Long("sql/test_messages.py::test_a_folder_with_percent_signs_*", "each kind of sign", but=("%d of %s",)),
    Long(
        "sql/test_deployment.py::test_a_*deployment*_names_the_line_*", "each mistake", but=("a view that cannot be*",)
    ),
    Long(
        "api/test_serving_equals_the_oracle.py::*", "other drops the same way", but=("handmade_day",), exhaustive=True
    ),
    # Several days of loads each
    Long("sql/test_days_in_succession.py::test_a_day_of_life_*", "two days at scale 1"),
    Long("sql/test_days_in_succession.py::test_days_one_by_one_*", "each day twice, and the last one alone"),
    Long("sql/test_version_history.py::test_each_tracked_value_*", "each value", but=("name and*",), exhaustive=True),
    Long("sql/test_version_history.py::test_a_correction_of_*", "each value", but=("birth date",), exhaustive=True),
    *(
        Long(f"sql/test_version_history.py::test_{name}*", "several days of loads")
        for name in (
            "a_withdrawn_day_that",
            "a_backfilled",
            "a_version_that_the_source",
            "another_spelling",
            "a_sale_of",
        )
    ),
    Long("sql/test_published_costs.py::test_a_cost_of_a_drop_that_is_*", "two days of loads"),
    Long("sql/test_published_costs.py::test_a_new_version_*", "two days of loads"),
    Long("sql/test_spellings.py::test_a_history_batch_*", "two days of loads"),
    Long("sql/test_quality_days.py::test_all_checks_are_waived_*", "two days of loads"),
    Long("sql/test_upgrade.py::test_a_new_database_records_*", "three deployments"),
    Long("docs/test_lineage.py::*", "reads all of the SQL with sqlglot"),
    Long("sql/test_seventh_source.py::*", "deploys a copy of the project"),
    Long("sql/test_quality_rules.py::test_a_fault_*", "a load for each rule", but=("amounts in cents", "due dates*")),
    Long(
        "sql/test_quality_rules.py::test_a_warning_*",
        "a load for each rule",
        but=("every sale has an o*",),
        exhaustive=True,
    ),
    Long("sql/test_quality_rules.py::test_a_finding_names_*", "a load for each", but=("other customers",)),
    Long(
        "sql/test_quality_rules.py::test_a_file_that_was_cut_off_*",
        "each file",
        but=("*header*crm_sales_details",),
        exhaustive=True,
    ),
    Long("sql/test_quality_days.py::test_a_header_alone_*", "each file", but=("crm_sales_details",), exhaustive=True),
    Long("sql/test_quality_days.py::test_a_first_day_*", "each fault", but=("dates as serial numbers",)),
    Long("sql/test_quality_days.py::test_data_may_grow_*", "generated days"),
    Long("sql/test_quality_days.py::test_ordinary_days_*", "days of the generator"),
    Long("sql/test_quality_days.py::test_a_file_of_an_older_day_*", "three days of loads"),
    Long("sql/test_quality_days.py::test_a_corrected_drop_*", "three days of loads"),
    Long("sql/test_retry.py::test_an_older_day_*", "three days of loads"),
    Long("sql/test_withdrawal.py::test_*who_had_left_before_*", "three days of loads"),
    Long("sql/test_withdrawal.py::test_a_withdrawal_that_was_cut_off_*", "four days of loads"),
    Long("sql/test_withdrawal.py::test_a_wrong_date_*", "four days of loads"),
    Long("sql/test_withdrawal.py::test_a_day_that_gold_does_not_show_*", "four days of loads"),
    Long("sql/test_withdrawal.py::test_without_a_day_before_*", "three days of loads"),
    Long("sql/test_withdrawal.py::test_a_day_loaded_again_by_a_withdrawal_*", "four days of loads"),
    Long("sql/test_withdrawal.py::test_a_batch_published_anew_*", "three days of loads"),
    Long("sql/test_messages.py::test_*withdrawal*_names_folders_*", "three days of loads"),
    Long("sql/test_history.py::test_lines_that_only_the_older_day_held_*", "four days of loads"),
    Long("sql/test_history.py::test_the_day_a_line_was_last_seen_rises_*", "four days of loads"),
    Long("sql/test_history.py::test_the_next_day_loads_after_a_backfill*", "four days of loads"),
    Long("sql/test_history.py::test_a_day_shown_long_ago_*", "four days of loads"),
    Long("sql/test_purge.py::*", "four days of loads; dags/test_runs.py purges, too"),
    Long("sql/test_purge.py::test_a_table_is_known_*", "four days of loads, twice", exhaustive=True),
    Long("sql/test_history.py::test_a_replay_never_*", "three days of loads"),
    Long("sql/test_history.py::test_the_checks_of_gold_*", "three days of loads"),
    Long("sql/test_withdrawal.py::test_*history_*", "two days of loads"),
    Long("sql/test_withdrawal.py::test_*landing_folder_*", "three days of loads"),
    Long("sql/test_rejects.py::test_opening_again_*", "two days of loads"),
    Long("sql/test_rejects.py::test_more_rejects_*", "a load"),
    Long("sql/test_landing.py::test_a_day_whose_copy_was_changed_*", "two days of loads"),
    Long("sql/test_changed_rows.py::test_a_member_that_*", "three days of loads"),
    Long("sql/test_changed_rows.py::test_the_same_drop_on_the_next_day_*", "two days of loads"),
    Long("sql/test_load.py::test_the_same_drop_*", "two loads, as test_changed_rows.py has them"),
    Long("sql/test_load.py::test_an_older_business_date_*", "two days of loads"),
    Long("sql/test_permissions.py::test_a_deployment_signs_*", "a deployment and a load"),
    Long("sql/test_permissions.py::test_only_the_owner_withdraws_*", "three days of loads"),
    Long("sql/test_dry_run.py::test_a_check_that_fails_*", "two days of loads"),
    Long("sql/test_dry_run.py::test_*checked*_can_be_published_*", "three days of loads"),
    Long("sql/test_dry_run.py::test_a_dry_run_of_history_*", "three days of loads"),
    Long("sql/test_same_drop.py::test_a_withdrawn_day_*", "three days of loads"),
    Long("sql/test_same_drop.py::test_of_a_corrected_day_*", "three days of loads"),
    Long("sql/test_same_drop.py::test_the_same_day_*", "two days of loads"),
    Long("sql/test_same_drop.py::test_one_file_that_differs_*", "two days of loads"),
    Long("sql/test_same_drop.py::test_a_drop_that_was_loaded_and_never_*", "a load"),
    Long("sql/test_same_drop.py::test_*_a_repeated_run*", "two days of loads"),
    Long("sql/test_same_drop.py::test_a_dry_run_of_a_published_batch_*", "three days of loads"),
    Long("sql/test_same_drop.py::test_a_purged_day_*", "three days of loads"),
    Long("sql/test_same_drop.py::test_history_batches_*", "three days of loads"),
    Long(
        "sql/test_upgrade.py::test_a_database_of_an_earlier_version_*",
        "deployments over older schemas, and loads",
        exhaustive=True,
    ),
    Long("sql/test_upgrade.py::test_a_database_of_the_last_release_*", "two releases deployed, and loads"),
    Long("sql/test_upgrade.py::test_keys_of_before_*", "deployments over older schemas, and loads", exhaustive=True),
    Long(
        "sql/test_upgrade.py::test_a_manifest_replaced_*", "deployments over older schemas, and loads", exhaustive=True
    ),
    Long(
        "sql/test_upgrade.py::test_the_product_number_*", "deployments over older schemas, and loads", exhaustive=True
    ),
    Long("sql/test_upgrade.py::test_days_last_seen_*", "deployments over older schemas, and loads", exhaustive=True),
    Long("api/test_migrations.py::test_an_owner_who_may_not_*", "a server of Postgres with roles of its own"),
    Long("api/test_migrations.py::test_two_deployments_*", "several migrations from nothing"),
    Long("api/test_migrations.py::test_downgrade_and_*", "several migrations from nothing"),
    Long("api/test_migrations.py::test_*tables*_are_replaced", "several migrations from nothing"),
    Long("dags/test_runs.py::test_a_dry_run_*", "another day of loads", exhaustive=True),
    Long("dags/test_runs.py::test_serving_*", "another day of loads"),
    Long("dags/test_runs.py::test_an_api_that_is_down_*", "another day of loads", exhaustive=True),
    Long("dags/test_runs.py::test_an_export_that_cannot_*", "a sync and an export"),
    Long("plugins/test_tableau_runs.py::test_a_failed_run_*", "several exports"),
    Long("plugins/test_tableau_runs.py::test_two_runs_at_once_*", "several exports"),
    Long("plugins/test_tableau_runs.py::test_the_remains_*", "several exports"),
    Long("plugins/test_tableau_runs.py::test_a_table_of_several_chunks_*", "several exports"),
    Long("stack/test_processes.py::test_down_leaves_*", "each kind", but=("plain",)),
    Long("stack/test_processes.py::test_another_stack_*", "two stacks"),
    Long(
        "dags/test_runs.py::test_a_bad_day_*",
        "each kind of bad day",
        but=("a wrong header", "too many rejects"),
        exhaustive=True,
    ),
    Long(
        "dags/test_runs.py::test_the_same_drop_is_loaded_under_another_date_*", "another day of loads", exhaustive=True
    ),
    # Every state of the dashboards
    Long(
        "dashboards/test_figures.py::test_every_figure_*",
        "each selection",
        but=("the last twelve months", *_LOOKS),
        exhaustive=True,
    ),
    Long(
        "dashboards/test_accessibility.py::test_axe_*",
        "each page in each form",
        but=("sales-light desktop",),
    ),
    Long(
        "dashboards/test_warehouse_page.py::test_axe_*",
        "the page in each form",
        but=("light-desktop",),
        exhaustive=True,
    ),
    Long(
        "dashboards/test_filters.py::test_*_option_*",
        "each option of each menu",
        but=("segment-customers",),
        exhaustive=True,
    ),
    Long("dashboards/*::test_*_narrow_*_wide*", "each width, on both pages"),
    Long("dashboards/*::test_*_on_white*", "each page", but=("customers",)),
    Long("dashboards/*::test_an_open_menu_*", "each width"),
    Long("dashboards/*::test_a_url_shows_*", "each page, in two browsers"),
    Long("dashboards/*::test_the_trend_is_drawn_at_*", "each level"),
    Long("dashboards/*::test_each_preset_*", "each preset"),
    Long("dashboards/*::test_filters_of_several_menus_*", "a click for each filter"),
    Long("dashboards/*::test_elements_of_charts_*", "each kind of chart", but=("a bar of the trend",)),
    Long("dashboards/*::test_the_picture_of_each_card_*", "each page", but=("customers",)),
    Long("dashboards/*::test_show_rows_shows_*", "each page", but=("sales",)),
    Long("dashboards/*::test_a_click_on_a_column_header_*", "each page", but=("sales",)),
    Long(
        "dashboards/test_rows.py::test_the_file_has_*", "each selection", but=("all dates-sales", "a month-customers")
    ),
    Long("dashboards/test_trouble.py::*", "APIs and browsers of their own"),
    Long("dashboards/*::test_the_button_switches_*", "loads the pages eight times"),
    Long("dashboards/*::test_the_pages_*dark*", "the button switches the same"),
    Long(
        "dashboards/*::test_a_bar_filters_*",
        "each card",
        but=("sales-countries", "customers-segment", "customers-top-customers"),
    ),
)


def is_long(name: str) -> bool:
    """Whether a test, by its name from this folder on, is not for `make test`."""
    return any(name in entry for entry in LONG)


def is_exhaustive(name: str) -> bool:
    """Whether a test is for `make soak` alone."""
    return any(name in entry for entry in LONG if entry.exhaustive)


def is_long_file(path: str) -> bool:
    """Whether all tests of a file, by its path from this folder on, are for the long run."""
    return any(_matches(f"{path}::", entry.pattern) for entry in LONG if not entry.but)


def stale(names: set[str]) -> list[str]:
    """Return the patterns that match none of these tests, which must be all there are."""
    return [entry.pattern for entry in LONG if not any(_matches(name, entry.pattern) for name in names)]
