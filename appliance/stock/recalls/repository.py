"""Who received a lot, by name; where else it went; who was reached. The list that a recall is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.records.patients import lines as patients
from appliance.records.patients.model import PatientLine
from appliance.storage import Database

OUTCOMES = ("reached", "gave_back", "all_taken", "unwell", "not_found")
LOTS_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLot:
    """A lot, what lies of it here (in base units, over all places), and since when and why it is frozen."""

    id: int
    number: str
    product: int
    code: str
    label: str
    unit: str
    expires_on: date
    status: str
    held: int
    since: date | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What came of looking for somebody, and when (ms)."""

    outcome: str
    note: str | None
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who received a lot. `quantity` is what was given and not taken back; 0: all of it came back.

    `given` counts what was handed over first; `doses` says how it was to be taken, as prescribed.
    """

    patient: int
    number: str
    name: str
    village: str | None
    phone: str | None
    first_on: date
    last_on: date
    given: int
    quantity: int
    doses: tuple[str, ...]
    contact: Contact | None

    @property
    def is_returned(self) -> bool:
        """Whether nothing of it stayed with the person."""
        return self.quantity <= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a lot went: to people with a name, over the counter to people without (`unnamed` handings-over of
    `unnamed_quantity`), into the centre's own use, to neighbours (day, counterpart, base units; a gift or a loan)."""

    lot: HeldLot
    people: tuple[Recipient, ...]
    unnamed: int
    unnamed_quantity: int
    used_here: int
    neighbours: tuple[tuple[date, str, int], ...]


def lots_numbered(db: Database, number: str) -> list[HeldLot]:
    """The lots that bear a number, over all products; a number is that of its maker, and two may choose the same."""
    return [
        _lot(row)
        for row in db.all(f"{_LOT} WHERE l.number = ? ORDER BY l.id LIMIT ?", (number.strip().upper(), LOTS_MAX))
    ]


def lot(db: Database, identity: int) -> HeldLot | None:
    """One lot."""
    row = db.one(f"{_LOT} WHERE l.id = ?", (identity,))
    return _lot(row) if row else None


def frozen(db: Database) -> list[HeldLot]:
    """The lots that are quarantined or recalled now."""
    return [_lot(row) for row in db.all(f"{_LOT} WHERE l.status <> 'usable' ORDER BY l.id DESC LIMIT ?", (LOTS_MAX,))]


def reach(db: Database, held: HeldLot) -> Reach:
    """Everybody and everything that a lot went to; who was merged stands under the file that stands for both."""
    given: dict[int, list[tuple[date, int, int, str | None]]] = {}
    unnamed = unnamed_quantity = 0
    for patient, day, out, net, dosage in db.all(
        "SELECT d.patient, d.occurred_on, -sum(CASE WHEN m.reverses IS NULL THEN m.quantity ELSE 0 END), -sum(m.quantity),"
        " max(p.dosage) FROM movement m JOIN dispense d ON d.id = m.dispense"
        " LEFT JOIN prescription_line p ON p.id = m.prescription_line WHERE m.lot = ? GROUP BY d.id ORDER BY d.id",
        (held.id,),
    ):
        if patient is None:
            unnamed += net > 0
            unnamed_quantity += net
        else:
            given.setdefault(patients.survivor(db, patient), []).append((date.fromisoformat(day), out, net, dosage))
    people = [_recipient(db, held.id, line, given[line.id]) for line in patients.lines(db, list(given))]
    return Reach(
        lot=held, people=tuple(sorted(people, key=lambda one: (one.is_returned, one.village or "", one.name))),
        unnamed=unnamed, unnamed_quantity=unnamed_quantity,
        used_here=-(db.value("SELECT sum(quantity) FROM movement WHERE lot = ? AND kind = 'service_use'", (held.id,)) or 0),
        neighbours=tuple(
            (date.fromisoformat(row[0]), row[1], -row[2])
            for row in db.all(
                "SELECT e.occurred_on, e.counterpart, sum(m.quantity) FROM movement m JOIN stock_event e ON e.id = m.event"
                " WHERE m.lot = ? AND m.kind IN ('loan_out', 'loan_return_out', 'gift_out') GROUP BY e.id"
                " HAVING sum(m.quantity) < 0 ORDER BY e.id",
                (held.id,),
            )
        ),
    )  # fmt: skip


_LOT = (
    "SELECT l.id, l.number, p.id, p.code, p.name || ' ' || p.strength, p.base_unit, l.expires_on, l.status,"
    " coalesce((SELECT sum(quantity) FROM balance WHERE lot = l.id), 0), s.occurred_on, s.reason FROM lot l"
    " JOIN product p ON p.id = l.product LEFT JOIN lot_status s"
    " ON s.id = (SELECT max(id) FROM lot_status WHERE lot = l.id) AND s.status <> 'usable'"
)


def _lot(row: tuple[int, str, int, str, str, str, str, str, int, str | None, str | None]) -> HeldLot:
    return HeldLot(
        id=row[0], number=row[1], product=row[2], code=row[3], label=row[4].strip(), unit=row[5],
        expires_on=date.fromisoformat(row[6]), status=row[7], held=row[8],
        since=date.fromisoformat(row[9]) if row[9] else None, reason=row[10],
    )  # fmt: skip


def _recipient(db: Database, held: int, line: PatientLine, given: list[tuple[date, int, int, str | None]]) -> Recipient:
    contact = db.one(
        "SELECT c.outcome, c.note, a.at FROM lot_contact c JOIN act a ON a.seq = c.act WHERE c.lot = ? AND c.patient = ?"
        " ORDER BY c.id DESC LIMIT 1",
        (held, line.id),
    )
    days = [day for day, _, _, _ in given]
    return Recipient(
        patient=line.id, number=line.number, name=line.name, village=line.village, phone=line.phone, first_on=min(days),
        last_on=max(days), given=sum(out for _, out, _, _ in given), quantity=sum(net for _, _, net, _ in given),
        doses=tuple(dict.fromkeys(dosage for _, _, _, dosage in given if dosage)),
        contact=Contact(outcome=contact[0], note=contact[1], at=contact[2]) if contact else None,
    )  # fmt: skip
