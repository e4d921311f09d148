"""A component of Dash that holds HTML as it comes from a template.

Dash keeps books about each component: a page of a thousand of them takes it most of a second, the same as HTML
some milliseconds. ``assets/dashboards.js`` has its other half.
"""

from dash.development.base_component import Component


class HtmlBlock(Component):
    """HTML that a template has escaped. Focus and open menus survive its replacement."""

    _namespace = "dashboards"
    _type = "HtmlBlock"

    def __init__(self, id: str, html: str = "") -> None:
        self._prop_names = self.available_properties = ["id", "html"]
        self._valid_wildcard_attributes: list[str] = []
        super().__init__(id=id, html=html)  # type: ignore[no-untyped-call]
