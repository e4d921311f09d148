"""The resources, one module each; ``create_app`` registers their blueprints."""

from api.resources import customers, health, products, sync

BLUEPRINTS = (products.blueprint, customers.blueprint, sync.blueprint, health.blueprint)
