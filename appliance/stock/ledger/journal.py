"""Reading what was written by hand: the journal of movements, newest first, and each paper with its lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.core.errors import Refused
from appliance.stock.ledger.reasons import Reason, default_reasons
from appliance.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One movement in the journal. `event` is its paper, `number` the number on it; `staff` None: the machine."""

    id: int
    occurred_on: date
    recorded_at: int
    kind: str
    reason: str | None
    text: str | None
    code: str
    label: str
    unit: str
    lot: int
    lot_number: str
    place: str
    quantity: int
    event: int | None
    number: int | None
    reverses: int | None
    is_reversed: bool
    staff: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """One row of a paper, in base units; `unit_cost_fcfa` None where no cost is known."""

    kind: str
    code: str
    label: str
    unit: str
    lot_number: str
    expires_on: date
    place: str
    quantity: int
    unit_cost_fcfa: int | None

    @property
    def value_fcfa(self) -> int | None:
        """What it cost to buy."""
        return None if self.unit_cost_fcfa is None else abs(self.quantity) * self.unit_cost_fcfa


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """A paper of the depot as it prints. `undone_for`: why it was taken back, with `undone_at` (ms)."""

    id: int
    number: int
    reason: Reason
    place: str
    to_place: str | None
    counterpart: str | None
    document_number: str | None
    witness: str | None
    note: str | None
    occurred_on: date
    recorded_at: int
    staff: int | None
    lines: tuple[PaperLine, ...]
    undone_for: str | None
    undone_on: date | None

    @property
    def value_fcfa(self) -> int | None:
        """What goes out of it cost to buy; None while a line has no cost."""
        values = [line.value_fcfa for line in self.lines if line.quantity < 0]
        return None if None in values or not values else sum(value or 0 for value in values)


_JOURNAL = (
    "SELECT m.id, m.occurred_on, a.at, m.kind, e.reason, m.reason, p.code, p.name || ' ' || p.strength, p.base_unit, l.id,"
    " l.number, w.name, m.quantity, m.event, e.number, m.reverses, EXISTS (SELECT 1 FROM movement x WHERE x.reverses = m.id),"
    " a.staff FROM {source} JOIN lot l ON l.id = m.lot JOIN place w ON w.id = m.place JOIN act a ON a.seq = m.act"
    " LEFT JOIN stock_event e ON e.id = m.event WHERE m.id < ? AND {wanted} ORDER BY m.id DESC LIMIT ?"
)
_ALL = "movement m JOIN product p ON p.id = m.product"
# A day has no index of its own: it is found by product, and there are few of those.
_OF_A_DAY = "product p CROSS JOIN movement m ON m.product = p.id"


def journal(
    db: Database, *, kind: str = "", day: date | None = None, product: int | None = None, before: int | None = None,
    limit: int = 50,
) -> list[JournalLine]:  # fmt: skip
    """Movements, the newest first, paged by id; dispensing is left out unless asked for by its kind, day or product."""
    wanted, given = ["1"], []
    if kind:
        wanted.append("m.kind = ?")
        given.append(kind)
    if kind != "dispense" and (kind or (day is None and product is None)):
        wanted.append("m.kind <> 'dispense'")
    if day is not None:
        wanted.append("m.occurred_on = ?")
        given.append(day.isoformat())
    if product is not None:
        wanted.append("m.product = ?")
        given.append(str(product))
    source = _ALL if day is None else _OF_A_DAY
    return [
        JournalLine(
            id=row[0], occurred_on=date.fromisoformat(row[1]), recorded_at=row[2], kind=row[3], reason=row[4], text=row[5],
            code=row[6], label=row[7].strip(), unit=row[8], lot=row[9], lot_number=row[10], place=row[11], quantity=row[12],
            event=row[13], number=row[14], reverses=row[15], is_reversed=bool(row[16]), staff=row[17],
        )
        for row in db.all(
            _JOURNAL.format(source=source, wanted=" AND ".join(wanted)), (before or 1 << 62, *given, limit)
        )
    ]  # fmt: skip


def paper_of(db: Database, event: int) -> PaperView:
    """One paper with its lines; raises `Refused("no-such-event")`."""
    row = db.one(
        "SELECT e.number, e.reason, w.name, t.name, e.counterpart, e.document_number, e.witness, e.note, e.occurred_on, a.at,"
        " a.staff FROM stock_event e JOIN place w ON w.id = e.place LEFT JOIN place t ON t.id = e.to_place"
        " JOIN act a ON a.seq = e.act WHERE e.id = ?",
        (event,),
    )
    if row is None:
        raise Refused("no-such-event", event=event)
    undone = db.one(
        "SELECT reason, occurred_on FROM movement WHERE event = ? AND reverses IS NOT NULL ORDER BY id LIMIT 1",
        (event,),
    )
    lines = [
        PaperLine(
            kind=line[0], code=line[1], label=line[2].strip(), unit=line[3], lot_number=line[4],
            expires_on=date.fromisoformat(line[5]), place=line[6], quantity=line[7], unit_cost_fcfa=line[8],
        )
        for line in db.all(
            "SELECT m.kind, p.code, p.name || ' ' || p.strength, p.base_unit, l.number, l.expires_on, w.name, m.quantity,"
            " m.unit_cost_fcfa FROM movement m JOIN product p ON p.id = m.product JOIN lot l ON l.id = m.lot"
            " JOIN place w ON w.id = m.place WHERE m.event = ? AND m.reverses IS NULL ORDER BY m.id",
            (event,),
        )
    ]  # fmt: skip
    return PaperView(
        id=event, number=row[0], reason=default_reasons()[row[1]], place=row[2], to_place=row[3], counterpart=row[4],
        document_number=row[5], witness=row[6], note=row[7], occurred_on=date.fromisoformat(row[8]), recorded_at=row[9],
        staff=row[10], lines=tuple(lines), undone_for=undone[0] if undone else None,
        undone_on=date.fromisoformat(undone[1]) if undone else None,
    )  # fmt: skip


def counterparts(db: Database, limit: int = 30) -> list[str]:
    """The neighbours, partners and suppliers that papers named, for a field's own list."""
    return [
        row[0]
        for row in db.all(
            "SELECT counterpart FROM stock_event WHERE counterpart IS NOT NULL GROUP BY counterpart ORDER BY max(id) DESC LIMIT ?",
            (limit,),
        )
    ]
