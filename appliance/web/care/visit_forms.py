"""The visit's form: what was typed into values, and values back into what is shown in the fields."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from appliance.records.care import diagnoses, visits
from appliance.records.care.model import (
    CaseType,
    Consultation,
    Microscopy,
    Outcome,
    PrescribedLine,
    Rdt,
    Vitals,
)
from appliance.records.laboratory.repository import NOT_DONE, LabLine
from appliance.web.depot.shelf import Shelf
from appliance.web.forms import Form
from appliance.web.words import _

MEASURES = (
    ("temperature", "temperature_decidegrees", 10), ("poids", "weight_grams", 1000), ("taille", "height_mm", 10),
    ("pb", "muac_mm", 1), ("fr", "respiration_per_minute", 1), ("pouls", "pulse_per_minute", 1),
    ("tas", "systolic_mmhg", 1), ("tad", "diastolic_mmhg", 1),
)  # fmt: skip
FIELD_OF = {attribute: name for name, attribute, _scale in MEASURES} | {"oedema": "oedemes"}
FIELD_OF_TEST = {"rdt": "tdr", "microscopy": "ge"}
LINES_MAX = 20


def measures(form: Form) -> Vitals:
    """The measures and danger signs; what was left open is None or absent, which is not "no"."""
    values: dict[str, Any] = {attribute: form.scaled(name, scale) for name, attribute, scale in MEASURES}
    signs = {
        code: answer
        for code in diagnoses.danger_signs()
        if (answer := form.choice(f"signe-{code}", ("yes", "no", "unknown"))) in ("yes", "no")
    }
    oedema = form.choice("oedemes", ("0", "1", "2", "3"))
    return Vitals(**values, oedema=int(oedema) if oedema else None, danger_signs=signs)


def consultation(form: Form) -> Consultation | None:
    """What was found and decided; None when a field is wrong."""
    case_type = form.choice("cas", ("auto", "NC", "AC"), default="auto")
    code = form.text("diagnostic", required=True, limit=40)
    rdt = form.choice("tdr", [r.value for r in Rdt], default="not_done")
    smear = form.choice("ge", [m.value for m in Microscopy], default="not_done")
    outcome = form.choice("issue", [o.value for o in Outcome], default="home")
    died = form.day("deces_le") if outcome == Outcome.DIED else None
    pregnant = form.choice("enceinte", ("yes", "no", "unknown"), default="unknown")
    notes, motive = form.text("notes"), form.text("motif_consultation") or ""
    if form.errors or not (case_type and code and rdt and smear and outcome and pregnant):
        return None
    return Consultation(
        case_type=CaseType.NEW if case_type == "auto" else CaseType(case_type), motive=motive, diagnosis=code, rdt=Rdt(rdt),
        microscopy=Microscopy(smear), malaria_suspected=form.ticked("suspect"), pregnant=pregnant, outcome=Outcome(outcome),
        died_on=died, notes=notes,
    )  # fmt: skip


def prescribed(form: Form, shelf: Shelf) -> list[PrescribedLine]:
    """The lines of the prescription; the quantity left open is dose x times x days, when all three are there."""
    found = []
    for n in form.rows("ligne"):
        line = shelf.line(form, n)
        if line.is_empty:
            continue
        if line.choice is None:
            form.errors.setdefault(
                f"ligne-{n}-produit", _("Choisissez le produit dans la liste.") if line.typed else _("À remplir.")
            )
        if line.quantity is None:
            form.errors.setdefault(f"ligne-{n}-quantite", _("À remplir."))
        if line.choice and line.quantity:
            found.append(
                PrescribedLine(
                    product=line.choice.code, quantity=line.quantity, dosage=line.dosage,
                    days=line.days,
                )
            )  # fmt: skip
    return found


def prefilled(held: visits.Visit, current: Consultation | None, found: Vitals | None) -> Form:
    """The form of a visit as recorded, or with its motive alone."""
    typed: dict[str, list[str]] = {"motif_consultation": [held.motive]}
    for name, attribute, scale in MEASURES:
        value = getattr(found, attribute) if found else None
        if value is not None:
            exact = Fraction(value, scale)
            typed[name] = [str(exact) if exact.denominator == 1 else f"{float(exact):g}".replace(".", ",")]
    if found:
        typed |= {f"signe-{code}": [answer] for code, answer in found.danger_signs.items()}
        if found.oedema is not None:
            typed["oedemes"] = [str(found.oedema)]
    if current:
        typed |= {
            "cas": [current.case_type], "diagnostic": [current.diagnosis], "tdr": [current.rdt], "ge": [current.microscopy],
            "issue": [current.outcome], "enceinte": [current.pregnant], "notes": [current.notes or ""],
            "motif_consultation": [current.motive], "suspect": ["1"] if current.malaria_suspected else [],
            "deces_le": [f"{current.died_on:%d/%m/%Y}"] if current.died_on else [],
        }  # fmt: skip
    return Form(typed)


def with_laboratory(form: Form, lines: Iterable[LabLine]) -> Form:
    """Put the laboratory's malaria results where the form says nothing of them yet."""
    for line in lines:
        field = FIELD_OF_TEST.get(line.test.feeds or "")
        if field and line.outcome and line.outcome != NOT_DONE and form.raw(field) in ("", "not_done"):
            form.typed[field] = [line.outcome]
    return form
