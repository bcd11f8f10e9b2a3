"""What the pages of a visit show: who, what was measured and found, what each measure says, the prescription under way."""

from __future__ import annotations

from typing import Any

from appliance.access import staff
from appliance.core.errors import Refused
from appliance.core.french import date_short
from appliance.core.periods import completed_months
from appliance.records.care import bands, diagnoses, drafts, prescriptions, timeline, visits
from appliance.records.care.growing import growth_at
from appliance.records.care.model import Station, Vitals
from appliance.records.laboratory import repository as laboratory
from appliance.records.laboratory.tests_list import default_tests
from appliance.records.patients import repository as patients
from appliance.stock.catalogue import repository as catalogue
from appliance.storage import Database
from appliance.web.care.dose_says import doses_said
from appliance.web.care.growth_says import growth_says
from appliance.web.care.visit_forms import FIELD_OF, LINES_MAX, measures, prefilled, with_laboratory
from appliance.web.depot.shelf import Shelf
from appliance.web.forms import Form
from appliance.web.pages import Ask, session_of, today_of
from appliance.web.words import _

FREQUENT = ("palu-simple", "palu-grave", "ira-basse", "ira-haute", "diarrhee", "plaie", "anemie", "vers")
FIELDS = (
    ("temperature", _("T° (°C)"), "decimal"), ("poids", _("Poids (kg)"), "decimal"), ("taille", _("Taille (cm)"), "decimal"),
    ("fr", _("FR / min"), "numeric"), ("pb", _("PB (mm)"), "numeric"), ("pouls", _("Pouls / min"), "numeric"),
    ("tas", _("TA max (mmHg)"), "numeric"), ("tad", _("TA min (mmHg)"), "numeric"),
)  # fmt: skip
"""The measures in the order of the paper: field, label, keyboard."""
ONWARD = (Station.CONSULTATION, Station.LABORATORY, Station.PHARMACY, Station.CASHIER, Station.DONE, Station.LEFT)


def held_visit(db: Database, visit: int) -> visits.Visit:
    """A visit that exists; raises `Refused("no-such-visit")`."""
    held = visits.get(db, visit)
    if held is None:
        raise Refused("no-such-visit", visit=visit)
    return held


def head(request: Ask, db: Database, held: visits.Visit, here: str) -> dict[str, Any]:
    """The band, the alerts and the tabs that stand over every page of a visit."""
    today = today_of(request)
    line = patients.get(db, held.patient)
    if line is None:
        raise Refused("no-such-patient", patient=held.patient)
    found = visits.current_vitals(db, held.id)
    signs = [code for code, answer in (found.danger_signs if found else {}).items() if answer == "yes"]
    asked = laboratory.of_visit(db, held.id)
    return {
        "visit": held, "patient": line, "age": line.age(today), "here": here, "lab": asked, "measures": found,
        "is_pregnant": line.sex == "F" and prescriptions.is_pregnant(db, held.patient, today),
        "danger": [(diagnoses.danger_signs()[c], diagnoses.consequences()[c]) for c in signs if c in diagnoses.danger_signs()],
        "has_prescriptions": bool(prescriptions.of_patient(db, held.patient)),
        "onward": [s.value for s in ONWARD if s is not held.station], "is_open": held.station not in (Station.DONE, Station.LEFT),
    }  # fmt: skip


def view(request: Ask, db: Database, held: visits.Visit, *, corriger: bool, form: Form | None = None) -> dict[str, Any]:
    """Everything of the consultation page. Without a `form` the draft, or what is recorded, fills it."""
    today, session = today_of(request), session_of(request)
    shown = head(request, db, held, "consultation")
    versions = visits.versions(db, held.id)
    current = versions[0][1] if versions else None
    is_correcting = corriger and current is not None
    draft = drafts.get(db, "visite", str(held.id), session.staff) if form is None else None
    if form is None:
        form = (
            Form({k: [str(x) for x in v] for k, v in draft.body.items()})
            if draft
            else prefilled(held, current, shown["measures"])
        )
        form = with_laboratory(form, shown["lab"])
    others = [d for d in drafts.of_subject(db, "visite", str(held.id)) if d.staff != session.staff]
    listed = diagnoses.default_diagnoses()
    return shown | {
        "form": form, "draft": draft, "is_elsewhere": bool(draft and draft.device != session.device),
        "others": [(staff.name_of(db, d.staff), d.saved_at) for d in others],
        "current": current, "versions": [(v, staff.name_of(db, who), at, why) for __, v, who, at, why in versions],
        "is_editing": current is None or corriger, "is_correcting": is_correcting, "listed": listed,
        "signs": diagnoses.danger_signs(), "says": says(db, held, measures(Form(form.typed))),
        "diagnosis_options": _diagnosis_options(), "frequent": [listed[code] for code in FREQUENT], "lab_tests": default_tests(),
        "asked": set(form.many("examen")), "issued": prescriptions.of_visit(db, held.id),
        "product_names": product_names(db), "fields": FIELDS, **prescription(db, held, form, today),
    }  # fmt: skip


def product_names(db: Database) -> dict[str, str]:
    """What each product of the catalogue is called, by code."""
    return {p.code: p.label for p in catalogue.listed(db, limit=1000)}


def prescription(db: Database, held: visits.Visit, form: Form, today: Any, extra: int = 0) -> dict[str, Any]:
    """The prescription's lines as typed so far, with their total; `extra` empty ones at the end, one at least."""
    shelf = Shelf(db, held.patient, today)
    quiet = Form(form.typed)
    numbers = form.rows("ligne", LINES_MAX)
    after = max(numbers, default=-1) + 1
    spare = max(extra, 0 if numbers else 1)
    lines = [shelf.line(quiet, n) for n in (*numbers, *range(after, min(after + spare, LINES_MAX)))]
    return {
        "rx": lines, "rx_total": sum(line.cost_fcfa or 0 for line in lines), "all_products": shelf.everything(),
        "doses": doses_said(db, held, form, lines),
        "rx_unknown": any(line.choice and line.quantity and line.cost_fcfa is None for line in lines),
    }  # fmt: skip


def says(db: Database, held: visits.Visit, found: Vitals) -> dict[str, tuple[str, str]]:
    """What to say beside each field of the measures: (text, tone) by the field's name."""
    line = patients.get(db, held.patient)
    months = completed_months(line.born_on, held.occurred_on) if line else None
    said = {FIELD_OF[f.measure]: (f.text, f.tone) for f in bands.findings(found, months)}
    if line and (grown := growth_at(found, line.sex, line.born_on, held.occurred_on)):
        said = growth_says(grown, is_age_exact=line.born_precision == "day") | said  # an unusual measure is asked first
    if timeline.weight_jumped(db, held.patient, found.weight_grams, held.occurred_on):
        before = timeline.last_weight(db, held.patient, held.occurred_on)
        if before:
            kilos = f"{before[0] / 1000:g}".replace(".", ",")
            text = _("%(kilos)s kg le %(day)s : repesez") % {"kilos": kilos, "day": date_short(before[1])}
            said["poids"] = (text, "ask")
    return said


def _diagnosis_options() -> list[tuple[str, str]]:
    """The frequent ones first, then the whole list by label."""
    listed = diagnoses.default_diagnoses()
    rest = sorted((d for d in listed.values() if d.code not in FREQUENT), key=lambda d: d.label)
    return [(d.code, d.label) for d in (*(listed[code] for code in FREQUENT), *rest)]
