"""A Dash component for HTML rendered by a template.

Dash processes every component of a page: a thousand of them take most of a second, the same page as HTML takes some
milliseconds. ``assets/dashboards.js`` implements the component in the browser.
"""

from dash.development.base_component import Component


class HtmlBlock(Component):
    """HTML that a template has escaped. Keyboard focus and open menus are kept when it is replaced."""

    _namespace = "dashboards"
    _type = "HtmlBlock"

    def __init__(self, id: str, html: str = "") -> None:
        self._prop_names = self.available_properties = ["id", "html"]
        self._valid_wildcard_attributes: list[str] = []
        super().__init__(id=id, html=html)  # type: ignore[no-untyped-call]
