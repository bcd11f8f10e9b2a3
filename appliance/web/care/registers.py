"""The consultation register of a day or a month, with the columns of the paper one, made to be printed A4 landscape.

A sensitive diagnosis keeps its line and its number and shows nothing else: paper lies open on the table. Names are
there only for who may see them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from litestar import Request, Response, get

from appliance.access import staff
from appliance.core.french import date_fr, month_fr
from appliance.core.periods import Month, parse_date
from appliance.records.care import diagnoses, timeline
from appliance.records.care.timeline import RegisterRow
from appliance.records.patients import repository as patients
from appliance.records.patients.model import PatientLine, age_text
from appliance.storage import Database
from appliance.web.care.visit_view import product_names
from appliance.web.pages import page, session_of, state_of, today_of
from appliance.web.reading import in_reader
from appliance.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the register as printed; `patient` is None for who may see no name."""

    row: RegisterRow
    patient: PatientLine | None
    number: str
    age: str
    signs: str
    diagnosis: str
    affection: str
    is_notifiable: bool
    treatment: str
    by: str


@get("/registre", opt={"tab": "consultation", "level": "read"})
@in_reader
def register(request: Request[Any, Any, Any], jour: str = "", mois: str = "") -> Response[bytes]:
    """The register of a day (today when none is named) or of a whole month."""
    state, session, today = state_of(request), session_of(request), today_of(request)
    month = Month.parse(mois) if mois else None
    day = parse_date(jour) if jour else today
    days = _days(month, today) if month else [day]
    with state.opened.reading() as db:
        may_name = staff.rights(db).may("patients", "read", session.roles, session.staff)
        lines = _lines(db, [row for one in days for row in timeline.register_of(db, one)], named=may_name)
        return page(
            request, "register.html", db, lines=lines, title=month_fr(month) if month else date_fr(day, weekday=True),
            day=day, before=day - timedelta(days=1), after=day + timedelta(days=1) if day < today else None, is_month=bool(month),
            month=month or Month.of(day), may_name=may_name,
            counts=[
                (_("Inscrits"), len(lines)), (_("Nouveaux cas"), sum(x.row.case_type == "NC" for x in lines)),
                (_("Référés ou évacués"), sum(x.row.outcome in ("referred", "evacuated") for x in lines)),
                (_("TDR positifs"), sum(x.row.rdt == "positive" for x in lines)),
            ],
        )  # fmt: skip


def _days(month: Month, today: date) -> list[date]:
    last = min(month.last, today)
    return [month.first + timedelta(days=n) for n in range((last - month.first).days + 1)]


def _lines(db: Database, rows: list[RegisterRow], *, named: bool) -> list[Line]:
    people = {line.id: line for line in patients.lines(db, list({row.patient for row in rows}))}
    who = {row.by_staff: staff.name_of(db, row.by_staff) for row in rows}
    products, listed, signs = product_names(db), diagnoses.default_diagnoses(), diagnoses.danger_signs()
    found = []
    for row in rows:
        held = people.get(row.patient)
        says = listed.get(row.diagnosis or "")
        shown = {c: a for c, a in row.vitals.danger_signs.items() if a == "yes" and not row.is_hidden}
        found.append(
            Line(
                row=row, patient=held if named else None, number=held.number if held else "",
                age=age_text(row.born_on, held.born_precision if held else "day", row.on),
                signs=", ".join(signs.get(code, code) for code in shown), diagnosis=says.label if says else "",
                affection=says.affection if says else "", is_notifiable=bool(says and says.is_notifiable),
                treatment=", ".join(f"{products.get(code, code)} : {quantity}" for code, quantity in row.treatment),
                by=who[row.by_staff],
            )
        )  # fmt: skip
    return found


HANDLERS = [register]
