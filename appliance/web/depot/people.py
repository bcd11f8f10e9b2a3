"""Who will need a product over the next days: the appointments behind the figure that stands beside the consumption."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from litestar import Request, Response, get

from appliance.records.patients import repository as patients
from appliance.stock.demand.model import Demand, Due
from appliance.stock.ordering.proposals import proposed_line
from appliance.storage import Database
from appliance.web.pages import Ask, page, sees, state_of, today_of
from appliance.web.reading import in_reader

SHOWN_MAX = 200
ALIKE = Fraction(1, 10)
"""Two figures within a tenth of each other say the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An appointment as shown; `name` is empty for who may not read it."""

    due: Due
    label: str
    name: str


@get("/depot/produits/{code:str}/personnes", opt={"tab": "depot", "level": "read"})
@in_reader
def people_page(request: Request[Any, Any, Any], code: str) -> Response[bytes]:
    """The people, sessions and targets behind a product's demand; names only for those who may read them."""
    with state_of(request).opened.reading() as db:
        line = proposed_line(db, code, today_of(request))
        people, cmm = line.people, line.card.consumption.cmm
        return page(
            request, "depot/people.html", db, card=line.card, people=people, cmm=cmm,
            gap=gap(people, cmm) if people else "", rows=_rows(request, db, people) if people else [],
        )  # fmt: skip


def gap(people: Demand, cmm: Fraction | None) -> str:
    """How the demand from people stands to the CMM: a code of `labels.PEOPLE_GAPS`."""
    if cmm is None:
        return "unknown"
    units = people.monthly()
    if abs(units - cmm) <= ALIKE * max(units, cmm):
        return "same"
    return "more" if units > cmm else "less"


def _rows(request: Ask, db: Database, people: Demand) -> list[Row]:
    """The next appointments. That a woman is pregnant is the consultation's to tell, not the depot's."""
    named = sees(request, db, "patients")
    clinical = named and sees(request, db, "consultation")
    shown = [(part.rule, due) for part in people.parts for due in part.dues]
    shown = sorted(shown, key=lambda one: one[1].due_on)[:SHOWN_MAX]
    told = [due.patient for rule, due in shown if due.patient and (clinical if rule.source == "pregnancy" else named)]
    names = {p.id: p.name for p in patients.lines(db, told)}
    return [
        Row(
            due=due, label=rule.label,
            name=names.get(due.patient or 0, "") if (clinical if rule.source == "pregnancy" else named) else "",
        )
        for rule, due in shown
    ]  # fmt: skip


HANDLERS = [people_page]
