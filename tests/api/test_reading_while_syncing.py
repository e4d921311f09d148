"""Readers see complete days while one sync after another publishes a new day."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from tests.api.conftest import SYNC_KEY, settings_for
from tests.api.gold_database import GoldDatabase, date_of
from tests.api.server import running_api
from tests.warehouse import Server

SYNCS = 50
CUSTOMERS = 40
PAGE = 7


@pytest.fixture
def gold(server: Server) -> Iterator[GoldDatabase]:
    database = GoldDatabase(server.odbc)
    database.create()
    database.create_views()
    database.publish(1, lines=200, customers=CUSTOMERS)
    yield database
    database.drop()


def get(http: httpx.Client, address: str) -> httpx.Response:
    answer = http.get(address)
    assert answer.status_code == 200, answer.text
    return answer


def walk_customers(http: httpx.Client) -> int:
    """Read all pages; returns the number of pages read after a newer day was published."""
    address: str | None = f"/api/customers?limit={PAGE}"
    days, sales, keys, late = set(), set(), [], 0
    while address:
        page = get(http, address).json()
        days.add(page["business_date"])
        late += get(http, "/api/kpis").json()["business_date"] > page["business_date"]
        sales |= {item["total_sales"] - 6000 for item in page["items"]}
        keys += [item["customer_key"] for item in page["items"]]
        address = page["next"]
    assert keys == list(range(1, CUSTOMERS + 1))
    assert days == {str(date_of(day)) for day in sales}
    assert len(days) == 1
    return late


def walk_sales(http: httpx.Client) -> int:
    """Read the sums by product, one a page, and check that all are of one day."""
    address: str | None = "/api/sales?group_by=day,product&limit=1"
    days, seen = set(), set()
    while address:
        page = get(http, address).json()
        days.add(page["business_date"])
        seen |= {item["day"] for item in page["items"]}
        address = page["next"]
    assert seen - {None} == days
    assert len(days) == 1
    return 0


def read_products(http: httpx.Client) -> int:
    """Read the list and one product, and check that each response is of one day."""
    page = get(http, "/api/products").json()
    assert {str(date_of(item["cost"] // 10)) for item in page["items"]} == {page["business_date"]}
    one = get(http, "/api/products/1")
    assert str(date_of(one.json()["cost"] // 10)) == one.headers["Business-Date"]
    return 0


def test_during_fifty_syncs_every_read_succeeds_and_no_list_mixes_days(gold: GoldDatabase, database_url: str) -> None:
    done = Event()
    walks: tuple[Callable[[httpx.Client], int], ...] = (walk_customers, walk_sales, read_products)

    def read_on(walk: Callable[[httpx.Client], int]) -> tuple[int, int]:
        rounds = late = 0
        with httpx.Client(base_url=address, timeout=60) as http:
            while not done.is_set():
                late += walk(http)
                rounds += 1
        return rounds, late

    with (
        running_api(settings_for(database_url, gold.odbc)) as address,
        ThreadPoolExecutor(len(walks)) as pool,
        httpx.Client(base_url=address, headers={"X-API-Key": SYNC_KEY}, timeout=60) as syncing,
    ):
        assert syncing.post("/api/sync").status_code == 201
        readers = [pool.submit(read_on, walk) for walk in walks]
        try:
            for day in range(2, SYNCS + 2):
                gold.advance(day)
                answer = syncing.post("/api/sync")
                assert (answer.status_code, answer.json()["business_date"]) == (201, str(date_of(day)))
        finally:
            done.set()
        counts = [reader.result() for reader in readers]
        assert get(syncing, "/api/kpis").json()["business_date"] == str(date_of(SYNCS + 1))
    print(f"\n{SYNCS} syncs; walks of customers, walks of sales, reads of products: {[rounds for rounds, _ in counts]}")
    assert all(rounds > 0 for rounds, _ in counts)
    assert counts[0][1] > 0, "no walk went on across a sync: nothing was shown"
