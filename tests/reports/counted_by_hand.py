"""A month counted again by hand from the records: visits, consultations, prescriptions, ledger. Never from the facts.

It reads raw rows and the data files of the diagnoses and product groups; of the program it uses nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction as F
from pathlib import Path
from typing import Any

from tests.stock import by_the_text

ROOT = Path(__file__).parents[2] / "appliance"
DIAGNOSES = {d["code"]: d for d in json.loads((ROOT / "records/care/data/diagnoses.json").read_text())["diagnoses"]}
GROUPS = json.loads((ROOT / "billing/sales/data/product-groups.json").read_text())["groups"]
AGE6 = [(12, "0_11M"), (60, "1_4A"), (180, "5_14A"), (540, "15_44A"), (720, "45_59A"), (10**6, "60P")]
PALU2 = [(60, "0_4A"), (10**6, "5P")]
Cell = tuple[str, tuple[str, ...]]


def months_old(born: str, on: str) -> int:
    b, d = date.fromisoformat(born), date.fromisoformat(on)
    return (d.year - b.year) * 12 + d.month - b.month - (d.day < b.day)


def band(bands: list[tuple[int, str]], months: int) -> str:
    return next(name for limit, name in bands if months < limit)


def seen(db: Any) -> Iterator[dict[str, Any]]:
    """Each visit with the consultation that stands, by the person that the file stands for, and what was handed over."""
    given: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for visit, product, quantity in db.all(
        "SELECT p.visit, l.product, -m.quantity FROM movement m JOIN prescription_line l ON l.id = m.prescription_line"
        " JOIN prescription p ON p.id = l.prescription"
    ):
        given[visit][product] += quantity
    for row in db.all(
        "SELECT v.id, v.occurred_on, p.sex, p.born_on, c.case_type, c.diagnosis, c.malaria_suspected, c.rdt, c.microscopy,"
        " c.outcome, coalesce(c.died_on, v.occurred_on) FROM visit v JOIN patient f ON f.id = v.patient"
        " JOIN patient p ON p.id = coalesce(f.merged_into, f.id) JOIN consultation c ON c.visit = v.id"
        " WHERE c.id NOT IN (SELECT replaces FROM consultation WHERE replaces IS NOT NULL)"
    ):
        names = ["visit", "on", "sex", "born", "case", "diagnosis", "suspected", "rdt", "ge", "outcome", "died"]
        v = dict(zip(names, row, strict=True))
        v["medicines"] = {
            group for group, codes in GROUPS.items() if any(given[v["visit"]][code] > 0 for code in codes)
        }
        yield v


def rma(db: Any, month: str) -> dict[Cell, list[int]]:
    """By element and options, the visits that a nurse with the registers would count in a month."""
    cells: dict[Cell, list[int]] = defaultdict(list)
    for v in seen(db):
        listed = DIAGNOSES[v["diagnosis"]]
        kind = listed.get("malaria")
        confirmed = v["ge"] == "positive" if v["ge"] != "not_done" else v["rdt"] == "positive"
        affection = listed["affection"]
        if kind:
            affection = ("PALC" if confirmed else "PALP") + {"simple": "S", "severe": "G"}[kind]
        if v["on"].startswith(month):
            age = months_old(v["born"], v["on"])
            for code, bands in activity(v, kind, confirmed, affection):
                options = (band(bands, age), *([v["sex"]] if code.startswith("MOR_") else []))
                cells[code, options].append(v["visit"])
        if v["outcome"] == "died" and v["died"].startswith(month):
            age = months_old(v["born"], v["died"])
            cells[f"MOR_{affection}_D", (band(AGE6, age), v["sex"])].append(v["visit"])
            cells["PAL_DEC_TCC", (band(PALU2, age),)].append(v["visit"])
            if affection == "PALCG":
                cells["PAL_DEC_G", (band(PALU2, age),)].append(v["visit"])
    return cells


def activity(v: dict[str, Any], kind: str | None, confirmed: bool, affection: str) -> Iterator[tuple[str, Any]]:
    yield "CUR_TOT", AGE6
    yield "PAL_TCC", PALU2
    if v["case"] == "NC":
        yield "CUR_NC", AGE6
        yield f"MOR_{affection}_C", AGE6
    if v["outcome"] in ("referred", "evacuated"):
        yield {"referred": "CUR_REF", "evacuated": "CUR_EVA"}[v["outcome"]], AGE6
    if v["outcome"] == "observation":
        yield "PAL_HOSP_TCC", PALU2
        if affection == "PALCG":
            yield "PAL_HOSP_G", PALU2
    if v["suspected"] or v["rdt"] != "not_done" or v["ge"] != "not_done" or kind:
        yield "PAL_SUSP", PALU2
        yield "MOR_PALSUSP_C", AGE6
    if v["rdt"] in ("positive", "negative"):
        yield "PAL_T_TDR", PALU2
    if v["ge"] != "not_done":
        yield "PAL_T_GE", PALU2
    if kind is None or v["case"] != "NC":
        return
    letter = {"simple": "S", "severe": "G"}[kind]
    if not confirmed:
        yield f"PAL_P_{letter}", PALU2
        return
    yield f"PAL_{letter}_{'GE' if v['ge'] == 'positive' else 'TDR'}", PALU2
    if kind == "simple" and "act" in v["medicines"]:
        yield "PAL_S_CTA", PALU2
    if kind == "severe" and "injectable" in v["medicines"]:
        yield "PAL_G_INJ", PALU2
        if "act" in v["medicines"]:
            yield "PAL_G_RELAIS", PALU2


def month_days(month: str) -> list[date]:
    return by_the_text.days_of(int(month[:4]), int(month[5:]))


class Shelf:
    """One product's ledger walked day by day, lot by lot. A lot counts up to and including its last day."""

    def __init__(self, db: Any, product: int) -> None:
        self.expires = {
            i: date.fromisoformat(d) for i, d in db.all("SELECT id, expires_on FROM lot WHERE product = ?", (product,))
        }
        self.rows = [
            (date.fromisoformat(on), lot, column, quantity)
            for on, lot, column, quantity in db.all(
                "SELECT occurred_on, lot, report_column, quantity FROM movement WHERE product = ?", (product,)
            )
        ]  # fmt: skip

    def usable(self, end_of: date, on: date | None = None) -> int:
        """What may still be given on a day (by default the same), of what lay there at the end of another."""
        return sum(q for d, lot, _, q in self.rows if d <= end_of and self.expires[lot] >= (on or end_of))

    def column(self, month: str, column: str) -> int:
        return sum(q for d, _, c, q in self.rows if c == column and f"{d:%Y-%m}" == month)

    def stockout_days(self, month: str) -> list[date]:
        out = []
        for day in month_days(month):
            opening = self.usable(day - timedelta(days=1), day)
            came = [q for d, lot, _, q in self.rows if d == day and q > 0 and self.expires[lot] >= day]
            if opening <= 0 and not came:
                out.append(day)
        return out


def crgs(db: Any, month: str) -> dict[str, dict[str, Any]]:
    """By product code, the columns that the ledger alone decides, and the CMM by the second opinion."""
    started = db.value("SELECT min(occurred_on) FROM movement")
    captured_days = {d for (d,) in db.all("SELECT DISTINCT occurred_on FROM prescription")}
    last = month_days(month)[-1]
    found = {}
    for product, code in db.all("SELECT id, code FROM product"):
        shelf = Shelf(db, product)
        if not any(d <= last for d, *_ in shelf.rows):
            continue
        months = []
        year, number = int(started[:4]), int(started[5:7])
        while (name := f"{year:04d}-{number:02d}") <= month:
            out = shelf.stockout_days(name)
            months.append(
                {
                    "month": name, "consumed": -shelf.column(name, "QU"), "stockout_days": len(out),
                    "unmet": db.value(
                        "SELECT coalesce(sum(quantity), 0) FROM unmet_demand WHERE product = ? AND occurred_on LIKE ?"
                        " AND cause <> 'too_expensive'", (product, f"{name}-%"),
                    ),
                    "unmet_captured": F(len([d for d in out if d.isoformat() in captured_days]), len(out)) if out else 0,
                }
            )  # fmt: skip
            year, number = (year + 1, 1) if number == 12 else (year, number + 1)
        paper = db.all("SELECT month, quantity FROM paper_consumption WHERE product = ?", (product,))
        whole = [m for m in months if f"{m['month']}-01" >= started]
        if len(whole) < 3:
            months = [m for m in months if m["month"] not in {p for p, _ in paper}]
            months += [{"month": p, "consumed": q, "stockout_days": 0, "paper": True} for p, q in paper]
        case = {"as_of": last.isoformat(), "months": sorted(months, key=lambda m: m["month"]), "first_receipt": None}
        found[code] = {
            "QR": shelf.column(month, "QR"), "QU": -shelf.column(month, "QU"), "QP": -shelf.column(month, "QP"),
            "SI": shelf.usable(month_days(month)[0] - timedelta(days=1)) + shelf.column(month, "SI"),
            "PEREM": shelf.usable(last) - shelf.usable(last, last + timedelta(days=92)),
            "QA": shelf.column(month, "QA"), "SDU": shelf.usable(last), "JR": len(shelf.stockout_days(month)),
            "CMM": by_the_text.consumption(case).cmm, "is_new": not any(c == "SI" for _, _, c, _ in shelf.rows),
        }  # fmt: skip
    return found
