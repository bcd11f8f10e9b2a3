"""The bill of a visit: what was done and is not charged yet, and the receipts it has. Cashier first or after: both ways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.billing.sales.pricing import AMBULATORY, Buyer
from appliance.billing.tariffs.acts import LABORATORY, CareAct, act_label, care_acts
from appliance.billing.tariffs.free_care import act_exemption
from appliance.billing.tariffs.services import act_price
from appliance.storage import Database

HOSPITAL = "hospitalisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """An act that may be charged: `is_due` when the record shows that it was done or asked for.

    `unit_price_fcfa` None: the centre has no price for it; `free` the code of the rule under which nobody pays it.
    """

    code: str
    act: CareAct
    is_due: bool
    unit_price_fcfa: int | None
    free: str | None
    lab_order: int | None = None

    @property
    def field(self) -> str:
        """The name of its quantity on a form."""
        return f"acte-{self.lab_order or 0}-{self.code.lower().replace('_', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitToBill:
    """A visit of a day, and how many acts of it wait to be charged."""

    visit: int
    patient: int
    acts: int


def bill_lines(db: Database, visit: int, on: date, who: Buyer) -> list[BillLine]:
    """What may be charged for a visit: what is due first, then the other acts that have a price."""
    charged: dict[str, int] = dict(
        db.all("SELECT care_act, sum(quantity) FROM sale_act WHERE visit = ? GROUP BY care_act", (visit,))
    )
    found = []
    for order, test in _uncharged_tests(db, visit):
        found.append(_line(db, f"{LABORATORY}{test}", on, who, is_due=True, lab_order=order))
    for act in care_acts().values():
        if act.charged_for == "consultation" and not charged.get(act.code):
            found.append(_line(db, act.code, on, who, is_due=True))
        elif not act.charged_for:
            found.append(_line(db, act.code, on, who, is_due=False))
    shown = [line for line in found if line.is_due or line.unit_price_fcfa is not None or line.free]
    return sorted(shown, key=lambda line: not line.is_due)


def charged_lines(db: Database, visit: int) -> list[tuple[str, int, int]]:
    """What was charged of a visit: label, quantity and amount, net of what was taken back."""
    rows = db.all(
        "SELECT care_act, sum(quantity), sum(amount_fcfa) FROM sale_act WHERE visit = ? GROUP BY care_act"
        " HAVING sum(quantity) <> 0 ORDER BY min(id)",
        (visit,),
    )
    return [(act_label(code), quantity, amount) for code, quantity, amount in rows]


def sales_of_visit(db: Database, visit: int) -> list[int]:
    """The sales of a visit that stand: its acts, and what was handed over on its prescriptions."""
    rows = db.all(
        "SELECT s.id FROM sale s LEFT JOIN dispense d ON d.id = s.dispense LEFT JOIN prescription q ON q.id = d.prescription"
        " WHERE (s.visit = ? OR q.visit = ?) AND s.reverses IS NULL AND NOT EXISTS (SELECT 1 FROM sale r WHERE r.reverses = s.id)"
        " ORDER BY s.id",
        (visit, visit),
    )
    return [row[0] for row in rows]


def care_type_of(db: Database, visit: int) -> str:
    """By which type of care a visit is borne: whoever stays in observation is in hospital, the others are ambulatory."""
    stays = db.value(
        "SELECT c.outcome FROM consultation c WHERE c.visit = ?"
        " AND NOT EXISTS (SELECT 1 FROM consultation n WHERE n.replaces = c.id) ORDER BY c.id DESC LIMIT 1",
        (visit,),
    )
    return HOSPITAL if stays == "observation" else AMBULATORY


def to_bill(db: Database, day: date) -> list[VisitToBill]:
    """The visits of a day of which an act waits to be charged, in the order in which people came."""
    consultation = next(act.code for act in care_acts().values() if act.charged_for == "consultation")
    rows = db.all(
        "SELECT v.id, v.patient, NOT EXISTS (SELECT 1 FROM sale_act c WHERE c.visit = v.id AND c.care_act = ?"
        "  GROUP BY c.visit HAVING sum(c.quantity) > 0) + (SELECT count(*) FROM lab_order o WHERE o.visit = v.id AND"
        "  coalesce((SELECT sum(c.quantity) FROM sale_act c WHERE c.lab_order = o.id), 0) = 0) acts"
        " FROM visit v WHERE v.occurred_on = ? AND v.station <> 'left' AND acts > 0 ORDER BY v.opened_at, v.id LIMIT 200",
        (consultation, day.isoformat()),
    )
    return [VisitToBill(visit=row[0], patient=row[1], acts=row[2]) for row in rows]


def _uncharged_tests(db: Database, visit: int) -> list[tuple[int, str]]:
    return db.all(
        "SELECT o.id, o.test FROM lab_order o WHERE o.visit = ?"
        " AND coalesce((SELECT sum(c.quantity) FROM sale_act c WHERE c.lab_order = o.id), 0) = 0 ORDER BY o.id",
        (visit,),
    )


def _line(db: Database, code: str, on: date, who: Buyer, *, is_due: bool, lab_order: int | None = None) -> BillLine:
    act = care_acts().get(code) or CareAct(code=code, label=code, group="autre", care=AMBULATORY, printed=code)
    return BillLine(
        code=code, act=act, is_due=is_due, unit_price_fcfa=act_price(db, code, on, who.tariff),
        free=act_exemption(code, who.age_months, who.is_pregnant), lab_order=lab_order,
    )  # fmt: skip
