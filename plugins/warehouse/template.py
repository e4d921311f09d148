"""The folder of a drop as a template of its business date. Shared by the DAGs and `make up`; imports no Airflow."""

from datetime import date
from pathlib import Path

import jinja2

_JINJA = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - a path, no HTML


def render(template: str | None, business_date: date) -> Path:
    """Return the folder of a drop: ``ds``, ``ds_nodash`` and ``business_date`` in the template name the business date.

    Raises ValueError for an empty or relative path and for an invalid template; the first line of its message names the
    fault, the second the remedy.
    """
    variables = {
        "ds": business_date.isoformat(),
        "ds_nodash": business_date.strftime("%Y%m%d"),
        "business_date": business_date,
    }
    try:
        folder = _JINJA.from_string(template or "").render(variables).strip()
    except (jinja2.TemplateError, TypeError, ValueError) as error:
        raise ValueError(
            f"source_dir is {template!r}, which is not a valid template: {error}\n"
            "It may use {{ ds }} (2026-02-01), {{ ds_nodash }} (20260201) and {{ business_date }}, a date."
        ) from None
    if not folder or not Path(folder).is_absolute():
        raise ValueError(
            f"source_dir is {folder!r}: name the drop's folder by an absolute path.\n"
            "Give it in the run's params or in WAREHOUSE_SOURCE_DIR, for example /drops/{{ ds }}."
        )
    return Path(folder)
