"""What MEDEXIS reads at DHIS2: the monthly stock report, and the events of its two programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from appliance.standin.instance import Instance
from appliance.standin.medexis.programs import ACKNOWLEDGEMENT, CONFIRMATION
from appliance.standin.tracker import events

DATA_SET = "CRGS"
USED, STOCK = "QU", "SDU"


@dataclass(slots=True)
class Reported:
    """What was reported of one product, by period."""

    name: str
    used: dict[str, int] = field(default_factory=dict)
    stock: dict[str, int] = field(default_factory=dict)


def months_reported(here: Instance) -> list[tuple[str, str]]:
    """Org unit and period of every completed stock report."""
    identity = next((s["id"] for s in here.metadata["dataSets"] if s.get("code") == DATA_SET), "")
    rows = here.store.rows("SELECT ou, pe FROM completion WHERE ds = ? AND completed = 1 ORDER BY pe", identity)
    return [(str(unit), str(period)) for unit, period in rows]


def reported(here: Instance, unit: str, periods: list[str]) -> dict[str, Reported]:
    """What was used and what is left, by product code: an element's code is the product's and its column's."""
    found: dict[str, Reported] = {}
    named: dict[str, tuple[str, str]] = {}
    for entry in next((s for s in here.metadata["dataSets"] if s.get("code") == DATA_SET), {"dataSetElements": []})["dataSetElements"]:  # fmt: skip
        element = entry["dataElement"]
        code, _, column = str(element["code"]).rpartition("_")
        if column in (USED, STOCK):
            named[element["id"]] = (code, column)
            found.setdefault(code, Reported(str(element["name"]).rpartition(" - ")[0] or code))
    for element, period, value in here.store.rows(
        "SELECT de, pe, value FROM value WHERE ou = ? AND coalesce(deleted, 0) = 0", unit
    ):
        if element in named and period in periods:
            code, column = named[element]
            into = found[code].used if column == USED else found[code].stock
            into[period] = round(float(value))
    return found


def confirmed(here: Instance, reference: str) -> dict[str, int] | None:
    """Quantities by product code once an order is confirmed whole; None before."""
    lines: dict[str, int] = {}
    wanted: int | None = None
    for values in _events(here, CONFIRMATION, reference):
        if "CC_PRODUIT" in values:
            lines[values["CC_PRODUIT"]] = int(float(values.get("CC_QUANTITE") or 0))
            wanted = int(values.get("CC_NOMBRE_LIGNES") or 0)
        else:
            return {row[0]: int(row[1]) for row in _rows(values.get("CC_LIGNES", ""))}
    return lines if lines and (wanted is None or len(lines) >= wanted) else None


def received(here: Instance, reference: str) -> dict[str, int]:
    """What was accepted so far, by product and lot ("MLS001|LMA12")."""
    found: dict[str, int] = {}
    for values in _events(here, ACKNOWLEDGEMENT, reference):
        if "AR_PRODUIT" in values:
            rows = [[values["AR_PRODUIT"], values.get("AR_LOT", ""), "", values.get("AR_QUANTITE", "0")]]
        else:
            rows = _rows(values.get("AR_LIGNES", ""))
        for row in rows:
            key = f"{row[0]}|{row[1]}"
            found[key] = found.get(key, 0) + int(row[3])
    return found


def _events(here: Instance, program: str, reference: str) -> Iterator[dict[str, str]]:
    """The values by element code of every standing event of a program about an order."""
    known = next((p for p in here.metadata.get("programs", []) if p["code"] == program), None)
    if known is None:
        return
    codes: dict[str, str] = {
        x["dataElement"]["id"]: x["dataElement"]["code"]
        for stage in known["programStages"]
        for x in stage["programStageDataElements"]
    }
    for event in events.every(here):
        if event["program"] != known["id"] or event.get("deleted"):
            continue
        values: dict[str, Any] = {codes.get(v["dataElement"], ""): v["value"] for v in event["dataValues"]}
        if reference in (values.get("CC_REFERENCE"), values.get("AR_REFERENCE")):
            yield values


def _rows(text: str) -> list[list[str]]:
    return [row.strip().split("|") for row in text.split(";") if row.strip()]
