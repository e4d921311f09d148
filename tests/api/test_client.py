"""The Python client that is generated from the description: typed, and tried against a running API."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.api.conftest import KEYS, SUNDAY, add_keys, publish_run, settings_for
from tests.api.generate_client import generate, install
from tests.api.server import running_api

USE = """
import datetime
import sys
from sales_warehouse_client import AuthenticatedClient
from sales_warehouse_client.api.customers import list_customers
from sales_warehouse_client.api.orders import get_order
from sales_warehouse_client.api.products import create_product, get_product
from sales_warehouse_client.api.sales import list_sales
from sales_warehouse_client.models import (
    CustomerPage, ListCustomersSort, Problem, Product, ProductBody, SalesPage, WholeOrder,
)

client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])

page = list_customers.sync(client=client, min_total_sales=5, sort=ListCustomersSort("-total_sales"))
assert isinstance(page, CustomerPage)
day: datetime.date = page.business_date
assert [item.customer_key for item in page.items] == [2, 1]

groups = list_sales.sync(client=client, group_by="country", country=["germany"], measures="total_sales")
assert isinstance(groups, SalesPage)
assert [(group.country, group.total_sales) for group in groups.items] == [("Germany", 7)]

order = get_order.sync("SO1", client=client)
assert isinstance(order, WholeOrder)
assert [line.sales_amount for line in order.lines] == [7]

created = create_product.sync(client=client, body=ProductBody(product_name="Cargo bike", cost=900))
assert isinstance(created, Product)
assert (created.product_name, created.cost, created.origin) == ("Cargo bike", 900, "api")

missing = get_product.sync(77, client=client)
assert isinstance(missing, Problem)
assert missing.status == 404
print(day)
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the generated package."""
    folder = tmp_path_factory.mktemp("client") / "client"
    install()
    generate(folder)
    return folder


def test_the_client_is_typed_and_works(client: Path, shared_url: str, shared_engine: Engine, tmp_path: Path) -> None:
    publish_run(
        shared_engine,
        products=[{"product_key": 1}],
        customers=[
            {"customer_key": 1, "country": "Germany", "total_sales": 7},
            {"customer_key": 2, "total_sales": 9},
            {"customer_key": 3, "total_sales": 1},
        ],
        sales=[{"order_number": "SO1", "product_key": 1, "customer_key": 1, "order_date": SUNDAY, "sales_amount": 7}],
    )
    add_keys(shared_engine)
    program = tmp_path / "use.py"
    program.write_text(USE)
    mypy = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--cache-dir", str(tmp_path / "cache")]
    checked = subprocess.run(
        [*mypy, str(program)],
        env={"MYPYPATH": str(client), "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    with running_api(settings_for(shared_url)) as address:
        done = subprocess.run(
            [sys.executable, program, address, KEYS["all"]],
            env={"PYTHONPATH": str(client)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stdout.strip()) == (0, str(SUNDAY)), done.stderr
