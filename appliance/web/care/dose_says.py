"""What the dose table says beside a line of the prescription: the dose, one tap to take it, and when more is typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from appliance.core.french import number_fr
from appliance.core.periods import completed_months
from appliance.records.care import timeline
from appliance.records.care.visits import Visit
from appliance.records.patients import repository as patients
from appliance.records.rules.dosing.doses import Person
from appliance.records.rules.dosing.strengths import Told, told
from appliance.storage import Database
from appliance.web.depot.shelf import RxLine
from appliance.web.forms import Form
from appliance.web.words import _, labels

CHILD_MONTHS = 180
CHILD_WEIGHT_DAYS = 30
"""A child's older weight is no weight for a dose; from fifteen years on the last known one serves for half a year."""
ADULT_WEIGHT_DAYS = 183


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSays:
    """A sentence with its tone, and what one tap would write into the fields of the line (empty: nothing to take)."""

    text: str
    tone: str
    fields: dict[str, str]


def person_of(db: Database, held: Visit, form: Form) -> Person:
    """Weight as typed now, else as last measured while it still holds; age in completed months."""
    line = patients.get(db, held.patient)
    months = completed_months(line.born_on, held.occurred_on) if line else None
    grams = Form(form.typed).scaled("poids", 1000)
    if grams is None and (last := timeline.last_weight(db, held.patient, held.occurred_on)):
        days = ADULT_WEIGHT_DAYS if months is not None and months >= CHILD_MONTHS else CHILD_WEIGHT_DAYS
        grams = last[0] if held.occurred_on - last[1] <= timedelta(days=days) else None
    return Person(weight_kg=Fraction(grams, 1000) if grams else None, age_months=months)


def doses_said(db: Database, held: Visit, form: Form, lines: Iterable[RxLine]) -> dict[int, DoseSays]:
    """By line of the prescription, what its product's table says; silent where no table knows the product."""
    person = person_of(db, held, form)
    found = {}
    for line in lines:
        table = told(line.choice.code, person) if line.choice else None
        if table:
            take = Form(form.typed).scaled(f"ligne-{line.n}-prise", 100)
            times = Form(form.typed).integer(f"ligne-{line.n}-fois")
            found[line.n] = _said(table, Fraction(take, 100) if take else None, times, line.quantity)
    return found


def _said(table: Told, take: Fraction | None, times: int | None, quantity: int | None) -> DoseSays:
    if table.refused or table.take is None:
        return DoseSays(text=labels.DOSE_REFUSALS[table.refused or ""], tone="warn", fields={})
    advice = f" ({table.dosage.advice})" if table.dosage.advice else ""
    if table.is_other:
        return DoseSays(text=_("Le tableau demande un autre dosage pour ce patient."), tone="danger", fields={})
    if table.is_whole:
        text = _("Tableau : 1 plaquette, le traitement entier")
        is_over = quantity is not None and quantity > 1
        fields = {"quantite": "1", "prise": "", "fois": "", "jours": ""}
    else:
        dose = number_fr(table.take, 2).rstrip("0").rstrip(",") if table.take.denominator > 1 else str(table.take)
        text = _("Tableau : %(dose)s × %(times)d par jour, %(days)d jours") % {
            "dose": dose, "times": table.times, "days": table.dosage.days,
        }  # fmt: skip
        is_over = take is not None and (take > table.take or take * (times or 1) > table.take * table.times)
        fields = {"prise": dose, "fois": str(table.times), "jours": str(table.dosage.days), "quantite": ""}
    if is_over:
        return DoseSays(text=_("Plus que le tableau. %(table)s") % {"table": text}, tone="danger", fields=fields)
    return DoseSays(text=text + advice, tone="info", fields=fields)
