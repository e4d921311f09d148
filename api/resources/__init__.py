"""The resources, one module each. ``create_app`` registers their blueprints."""

from api.resources import customers, health, kpis, orders, products, sales, start, sync

BLUEPRINTS = (
    products.blueprint,
    customers.blueprint,
    sales.blueprint,
    orders.blueprint,
    kpis.blueprint,
    sync.blueprint,
    health.blueprint,
    start.blueprint,
)
