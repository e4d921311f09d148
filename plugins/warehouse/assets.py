"""What the DAGs hand to each other."""

from airflow.sdk import Asset

GOLD = Asset("gold")
"""The gold views after a day that was published and has passed its checks; its events carry both."""
