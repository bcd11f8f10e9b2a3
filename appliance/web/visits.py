"""A visit on one page: measures, findings, tests, decision, prescription with what the shelf holds."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from appliance.access import staff
from appliance.core.errors import Refused
from appliance.records.care import diagnoses, drafts, prescriptions, visits
from appliance.records.care.model import (
    CaseType,
    Consultation,
    Microscopy,
    Outcome,
    PrescribedLine,
    Rdt,
    Station,
    Vitals,
    unusual,
)
from appliance.records.patients import repository as patients
from appliance.stock.catalogue import repository as catalogue
from appliance.storage import Database
from appliance.web.emergency import note_reading
from appliance.web.forms import Form
from appliance.web.lookups import product_choices
from appliance.web.pages import Ask, page, refused, session_of, state_of, to, today_of
from appliance.web.reading import in_reader
from appliance.web.security import read_form, request_key

LINES_SHOWN = 6


@get("/visites/{visit:int}", opt={"tab": "consultation", "level": "read"})
@in_reader
def visit_page(request: Request[Any, Any, Any], visit: int, corriger: int = 0) -> Response[bytes]:
    """The visit; once the consultation is written the page shows it, with its versions."""
    state, session = state_of(request), session_of(request)
    with state.opened.reading() as db:
        held = visits.get(db, visit)
        if held is None:
            raise Refused("no-such-visit", visit=visit)
        note_reading(request, held.patient, "consultation")
        view = _view(db, held, today_of(request), corriger=bool(corriger))
        draft = drafts.get(db, "visite", str(visit), session.staff)
        form = Form({k: [str(x) for x in v] for k, v in draft.body.items()}) if draft else view.pop("prefilled")
        view.pop("prefilled", None)
        return page(request, "visits/visit.html", db, **view, form=form, draft=draft)


@post("/visites/{visit:int}", opt={"tab": "consultation", "level": "write"})
async def save_visit(request: Request[Any, Any, Any], visit: int) -> Response[bytes] | Redirect:
    """Write measures, consultation and prescription in one act, and send the person on."""
    state, form = state_of(request), await read_form(request)
    found, measures, lines = _consultation(form), _vitals(form), _lines(form)
    correcting = form.ticked("corriger")
    if form.errors or found is None:
        return await asyncio.to_thread(_again, request, visit, form, None, correcting)
    asked, is_auto = found, form.raw("cas") in ("", "auto")

    def write(unit: Any) -> dict[str, Any]:
        wanted = replace(asked, case_type=_proposed(unit, visit, asked)) if is_auto else asked
        current = visits.current_consultation(unit, visit)
        if measures != Vitals() and (measures != visits.current_vitals(unit, visit)):
            visits.record_vitals(unit, visit, measures)
        if correcting and current:
            visits.record_consultation(unit, visit, wanted, replaces=current[0], reason=form.raw("raison"))
        else:
            visits.record_consultation(unit, visit, wanted)
        prescribed = prescriptions.prescribe(unit, visit, lines) if lines else None
        if not correcting:
            visits.move_visit(unit, visit, Station.PHARMACY if lines else Station.DONE)
        drafts.drop(unit, "visite", str(visit))
        return {"visit": visit, "prescription": prescribed}

    try:
        done = await state.opened.act(
            "record-visit", session_of(request).actor, write, key=request_key(form), body=form.plain()
        )
    except Refused as fault:
        return await asyncio.to_thread(_again, request, visit, form, fault, correcting)
    return to(f"/visites/{visit}", "deja" if done.repeated else "corrige" if correcting else "enregistre")


@post("/visites/{visit:int}/triage", opt={"tab": "accueil", "level": "write"})
async def triage(request: Request[Any, Any, Any], visit: int) -> Response[bytes] | Redirect:
    """Only the measures: the person waits for the consultation, in front when there is a danger sign."""
    state, form = state_of(request), await read_form(request)
    measures = _vitals(form)
    if form.errors:
        return await asyncio.to_thread(_again, request, visit, form, None, False)

    def write(unit: Any) -> dict[str, Any]:
        visits.record_vitals(unit, visit, measures)
        visits.move_visit(unit, visit, Station.CONSULTATION)
        drafts.drop(unit, "visite", str(visit))
        return {"visit": visit}

    try:
        await state.opened.act("triage", session_of(request).actor, write, key=request_key(form), body=form.plain())
    except Refused as fault:
        return await asyncio.to_thread(_again, request, visit, form, fault, False)
    return to("/", "enregistre")


@post("/visites/{visit:int}/poste", opt={"tab": "accueil", "level": "write"})
async def move(request: Request[Any, Any, Any], visit: int) -> Redirect:
    """Send a person to another post, or note that they left."""
    form = await read_form(request)
    station = Station(form.choice("poste", [s.value for s in Station], default="done") or "done")

    def write(unit: Any) -> dict[str, Any]:
        visits.move_visit(unit, visit, station)
        return {}

    await state_of(request).opened.act("move-visit", session_of(request).actor, write)
    return to("/")


def _proposed(db: Database, visit: int, found: Consultation) -> CaseType:
    """New or follow-up as the record proposes it: the same affection within fourteen days is follow-up."""
    held = visits.get(db, visit)
    return visits.proposed_case_type(db, held.patient, found.diagnosis, held.occurred_on) if held else found.case_type


def _view(db: Database, held: visits.Visit, today: date, *, corriger: bool) -> dict[str, Any]:
    line = patients.get(db, held.patient)
    if line is None:
        raise Refused("no-such-patient", patient=held.patient)
    versions = visits.versions(db, held.id)
    current = versions[0][1] if versions else None
    measures = visits.current_vitals(db, held.id)
    issued = prescriptions.of_visit(db, held.id)
    names = {p.code: p.label for p in catalogue.listed(db, limit=1000)}
    return {
        "visit": held, "patient": line, "age": line.age(today), "measures": measures, "current": current,
        "versions": [(v, staff.name_of(db, who), at, why) for _, v, who, at, why in versions],
        "is_editing": current is None or corriger, "is_correcting": corriger and current is not None,
        "signs": diagnoses.danger_signs(),         "diagnosis_label": diagnoses.default_diagnoses()[current.diagnosis].label if current else "",
        "prescriptions": issued, "product_names": names, "lines": range(LINES_SHOWN),
        "products": product_choices(db, held.patient, today, ""), "all_products": catalogue.listed(db, limit=400),
        "unusual": unusual(measures) if measures else (), "prefilled": _prefilled(held, current, measures),
        "danger": [label for code, label in diagnoses.danger_signs().items() if measures and measures.danger_signs.get(code) == "yes"],
        "diagnosis_options": _diagnosis_options(),
    }  # fmt: skip


def _diagnosis_options() -> list[tuple[str, str]]:
    """The frequent ones first, then the whole list by label."""
    listed = sorted(diagnoses.default_diagnoses().values(), key=lambda d: d.label)
    return [(d.code, d.label) for d in (*_frequent(), *(d for d in listed if d not in _frequent()))]


def _frequent() -> list[diagnoses.Diagnosis]:
    codes = ("palu-simple", "palu-grave", "ira-basse", "ira-haute", "diarrhee", "plaie", "anemie", "vers")
    return [diagnoses.diagnosis(code) for code in codes]


def _again(request: Ask, visit: int, form: Form, fault: Refused | None, correcting: bool) -> Response[bytes]:
    with state_of(request).opened.reading() as db:
        held = visits.get(db, visit)
        if held is None:
            raise Refused("no-such-visit", visit=visit)
        view = _view(db, held, today_of(request), corriger=correcting)
        view.pop("prefilled")
        if fault and fault.code == "vitals-impossible":
            for name in fault.params["fields"]:  # type: ignore[attr-defined]
                form.errors[_FIELD_OF.get(name, name)] = "Impossible : vérifiez."
        return refused(request, "visits/visit.html", db, form, fault, **view, draft=None)


_MEASURES = (
    ("temperature", "temperature_decidegrees", 10), ("poids", "weight_grams", 1000), ("taille", "height_mm", 10),
    ("pb", "muac_mm", 1), ("fr", "respiration_per_minute", 1), ("pouls", "pulse_per_minute", 1),
    ("tas", "systolic_mmhg", 1), ("tad", "diastolic_mmhg", 1),
)  # fmt: skip
_FIELD_OF = {attribute: name for name, attribute, _ in _MEASURES} | {"oedema": "oedemes"}


def _vitals(form: Form) -> Vitals:
    values: dict[str, Any] = {attribute: form.scaled(name, scale) for name, attribute, scale in _MEASURES}
    signs = {
        code: answer
        for code in diagnoses.danger_signs()
        if (answer := form.choice(f"signe-{code}", ("yes", "no", "unknown"))) in ("yes", "no")
    }
    oedema = form.choice("oedemes", ("0", "1", "2", "3"))
    return Vitals(**values, oedema=int(oedema) if oedema else None, danger_signs=signs)


def _consultation(form: Form) -> Consultation | None:
    case_type = form.choice("cas", ("auto", "NC", "AC"), default="auto")
    code = form.text("diagnostic", required=True, limit=40)
    rdt = form.choice("tdr", [r.value for r in Rdt], default="not_done")
    smear = form.choice("ge", [m.value for m in Microscopy], default="not_done")
    outcome = form.choice("issue", [o.value for o in Outcome], default="home")
    died = form.day("deces_le")
    pregnant = form.choice("enceinte", ("yes", "no", "unknown"), default="unknown")
    notes, motive = form.text("notes"), form.text("motif_consultation") or ""
    if form.errors or not (case_type and code and rdt and smear and outcome and pregnant):
        return None
    return Consultation(
        case_type=CaseType.NEW if case_type == "auto" else CaseType(case_type), motive=motive, diagnosis=code, rdt=Rdt(rdt), microscopy=Microscopy(smear),
        malaria_suspected=form.ticked("suspect"), pregnant=pregnant, outcome=Outcome(outcome), died_on=died, notes=notes,
    )  # fmt: skip


def _lines(form: Form) -> list[PrescribedLine]:
    found = []
    for index in form.rows("ligne"):
        product = form.text(f"ligne-{index}-produit", limit=40)
        quantity = form.integer(f"ligne-{index}-quantite", low=1, high=100_000)
        if product is None and quantity is None:
            continue
        if product is None or quantity is None:
            name = f"ligne-{index}-{'produit' if product is None else 'quantite'}"
            form.errors.setdefault(name, "À remplir.")
            continue
        found.append(
            PrescribedLine(
                product=product, quantity=quantity, dosage=form.text(f"ligne-{index}-posologie", limit=200) or ""
            )
        )
    return found


def _prefilled(held: visits.Visit, current: Consultation | None, measures: Vitals | None) -> Form:
    typed: dict[str, list[str]] = {"motif_consultation": [held.motive]}
    for name, attribute, scale in _MEASURES:
        value = getattr(measures, attribute) if measures else None
        if value is not None:
            exact = Fraction(value, scale)
            typed[name] = [str(exact) if exact.denominator == 1 else f"{float(exact):g}".replace(".", ",")]
    if measures:
        typed |= {f"signe-{code}": [answer] for code, answer in measures.danger_signs.items()}
        if measures.oedema is not None:
            typed["oedemes"] = [str(measures.oedema)]
    if current:
        typed |= {
            "cas": [current.case_type], "diagnostic": [current.diagnosis], "tdr": [current.rdt], "ge": [current.microscopy],
            "issue": [current.outcome], "enceinte": [current.pregnant], "notes": [current.notes or ""],
            "motif_consultation": [current.motive], "suspect": ["1"] if current.malaria_suspected else [],
        }  # fmt: skip
    return Form(typed)


HANDLERS = [visit_page, save_visit, triage, move]
