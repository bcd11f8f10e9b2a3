"""Every cell of our forms under the shape that matching reads."""

from __future__ import annotations

from appliance.reports.form import form
from appliance.stock.catalogue import repository as catalogue
from appliance.storage import Database
from appliance.sync.dhis2.matching import Cell


def cells_of(db: Database, code: str) -> list[Cell]:
    """The cells of a form, in its order; for the CRGS one of each column for each product of the catalogue."""
    held = form(code)
    if held.columns:
        return [
            Cell(code=product.code, disaggregation={"column": column}, option_names=(name,), name=product.name)
            for product in catalogue.listed(db, limit=1000)
            for column, name, _ in held.columns
        ]
    return [
        Cell(code=element.code, disaggregation=d, option_names=held.option_names(d), name=element.name)
        for element in held.elements
        for d in held.cells(element)
    ]
