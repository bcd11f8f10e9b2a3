"""Reading the tills: which are open, what lies in them by their rows, how they were counted. Amounts are whole FCFA."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.storage import Database

LISTED = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawer:
    """One session of a till. `staff` None: the appliance itself keeps it. `closed_on` None while it is open."""

    session: int
    till: int
    name: str
    staff: int | None
    opened_on: date
    opened_at: int
    carried_fcfa: int
    is_by_itself: bool
    closed_on: date | None
    expected_fcfa: int | None
    counted_fcfa: int | None
    variance_fcfa: int | None
    reason: str | None
    left_fcfa: int | None
    closing_act: int | None

    @property
    def is_open(self) -> bool:
        """Whether money may still move in it."""
        return self.closed_on is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A count of a drawer: what was expected by its rows at that moment, what was found, by denomination."""

    id: int
    kind: str
    expected_fcfa: int
    counted_fcfa: int
    at: int
    staff: int | None
    pieces: tuple[tuple[int, int], ...]

    @property
    def variance_fcfa(self) -> int:
        """Found less expected."""
        return self.counted_fcfa - self.expected_fcfa


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A franc that came into a drawer (+) or left it (-). `kind`: payment, refund, handover, or that of its entry."""

    kind: str
    key: int
    at: int
    amount_fcfa: int
    means: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Money handed over, with who gave and who took it; `receiver_session` None: into the treasurer's box."""

    id: int
    number: int
    session: int
    giver: int | None
    receiver: int
    receiver_session: int | None
    amount_fcfa: int
    occurred_on: date
    at: int


_DRAWER = (
    "SELECT s.id, s.till, t.name, s.staff, s.opened_on, coalesce(a.at, 0), s.carried_fcfa, s.is_by_itself, c.closed_on, c.expected_fcfa,"
    " c.counted_fcfa, c.variance_fcfa, c.reason, c.left_fcfa, c.act FROM till_session s JOIN till t ON t.id = s.till"
    " LEFT JOIN act a ON a.seq = s.act LEFT JOIN till_closing c ON c.session = s.id"
)
_HANDOVER = (
    "SELECT h.id, h.number, h.session, s.staff, h.receiver, h.receiver_session, h.amount_fcfa, h.occurred_on, coalesce(a.at, 0)"
    " FROM till_handover h JOIN till_session s ON s.id = h.session LEFT JOIN act a ON a.seq = h.act"
)


def drawer(db: Database, session: int) -> Drawer | None:
    """One session."""
    row = db.one(f"{_DRAWER} WHERE s.id = ?", (session,))
    return _drawer(row) if row else None


def open_of(db: Database, staff: int | None) -> Drawer | None:
    """The session that a person has open."""
    row = db.one(f"{_DRAWER} JOIN till_open o ON o.session = s.id WHERE o.keeper = ?", (staff or 0,))
    return _drawer(row) if row else None


def open_drawers(db: Database) -> list[Drawer]:
    """Every open session, the oldest first."""
    return [_drawer(row) for row in db.all(f"{_DRAWER} JOIN till_open o ON o.session = s.id ORDER BY s.id")]


def closed_drawers(db: Database, limit: int = LISTED) -> list[Drawer]:
    """The sessions closed last, newest first."""
    return [_drawer(row) for row in db.all(f"{_DRAWER} WHERE c.id IS NOT NULL ORDER BY c.id DESC LIMIT ?", (limit,))]


def free_tills(db: Database, staff: int | None) -> list[tuple[int, str, int]]:
    """The tills that a person may open: those of the centre and the own one, if nobody has them open.

    Key, name, and what the last closing left in each.
    """
    return db.all(
        "SELECT t.id, t.name, coalesce((SELECT c.left_fcfa FROM till_session s JOIN till_closing c ON c.session = s.id"
        " WHERE s.till = t.id ORDER BY s.id DESC LIMIT 1), 0) FROM till t WHERE (t.staff IS NULL OR t.staff = ?)"
        " AND NOT EXISTS (SELECT 1 FROM till_open o WHERE o.till = t.id) ORDER BY t.staff IS NOT NULL, t.name",
        (staff or 0,),
    )


def carried(db: Database, till: int) -> int | None:
    """What the last closing left in a till; None for one that was never opened."""
    found: int | None = db.value(
        "SELECT coalesce(c.left_fcfa, 0) FROM till_session s LEFT JOIN till_closing c ON c.session = s.id WHERE s.till = ?"
        " ORDER BY s.id DESC LIMIT 1",
        (till,),
    )
    return found


def expected(db: Database, session: int) -> int:
    """What must lie in a drawer by its rows: what was carried over, cash taken and given back, entries, hand-overs."""
    return int(
        db.value(
            "SELECT s.carried_fcfa"
            " + coalesce((SELECT sum(p.amount_fcfa) FROM payment p WHERE p.session = s.id AND p.means = 'cash'), 0)"
            " + coalesce((SELECT sum(CASE e.debit WHEN 'till' THEN e.amount_fcfa ELSE -e.amount_fcfa END)"
            " FROM account_entry e WHERE e.session = s.id), 0)"
            " - coalesce((SELECT sum(h.amount_fcfa) FROM till_handover h WHERE h.session = s.id), 0)"
            " + coalesce((SELECT sum(h.amount_fcfa) FROM till_handover h WHERE h.receiver_session = s.id), 0)"
            " FROM till_session s WHERE s.id = ?",
            (session,),
        )
        or 0
    )


def moves(db: Database, session: int) -> list[Move]:
    """Every franc that moved in a session, in the order in which it did."""
    rows = db.all(
        "SELECT x.kind, x.key, coalesce(a.at, 0), x.amount, x.means, x.document FROM ("
        " SELECT CASE WHEN p.amount_fcfa > 0 THEN 'payment' ELSE 'refund' END kind, p.sale key, p.act act, p.amount_fcfa amount,"
        "  p.means means, coalesce(p.reference, '') document FROM payment p WHERE p.session = ?1"
        " UNION ALL SELECT e.kind, e.id, e.act, CASE e.debit WHEN 'till' THEN e.amount_fcfa ELSE -e.amount_fcfa END, 'cash',"
        "  coalesce(e.document, '') FROM account_entry e WHERE e.session = ?1"
        " UNION ALL SELECT 'handover', h.id, h.act, CASE h.session WHEN ?1 THEN -h.amount_fcfa ELSE h.amount_fcfa END, 'cash',"
        "  CAST(h.number AS TEXT) FROM till_handover h WHERE h.session = ?1 OR h.receiver_session = ?1"
        ") x LEFT JOIN act a ON a.seq = x.act ORDER BY x.act",
        (session,),
    )
    names = Move.__dataclass_fields__
    return [Move(**dict(zip(names, row, strict=True))) for row in rows]


def by_means(db: Database, session: int) -> dict[str, int]:
    """What was taken in a session by each means, net of what was given back."""
    return dict(
        db.all(
            "SELECT means, sum(amount_fcfa) FROM payment WHERE session = ? GROUP BY means ORDER BY means", (session,)
        )
    )


def counts(db: Database, session: int) -> list[Count]:
    """Every count of a session, the first first."""
    found = []
    for key, kind, wanted, counted, at, staff in db.all(
        "SELECT c.id, c.kind, c.expected_fcfa, c.counted_fcfa, coalesce(a.at, 0), a.staff FROM till_count c LEFT JOIN act a ON a.seq = c.act"
        " WHERE c.session = ? ORDER BY c.id",
        (session,),
    ):
        pieces = db.all("SELECT coin_fcfa, pieces FROM till_count_line WHERE count = ? ORDER BY coin_fcfa DESC", (key,))
        found.append(
            Count(
                id=key, kind=kind, expected_fcfa=wanted, counted_fcfa=counted, at=at, staff=staff, pieces=tuple(pieces)
            )
        )
    return found


def last_count(db: Database, session: int) -> Count | None:
    """The last count made to close a session."""
    return next((count for count in reversed(counts(db, session)) if count.kind == "closing"), None)


def handover(db: Database, key: int) -> Handover | None:
    """One hand-over."""
    row = db.one(f"{_HANDOVER} WHERE h.id = ?", (key,))
    return _handover(row) if row else None


def handovers(db: Database, limit: int = LISTED) -> list[Handover]:
    """The newest hand-overs."""
    return [_handover(row) for row in db.all(f"{_HANDOVER} ORDER BY h.id DESC LIMIT ?", (limit,))]


def _drawer(row: tuple[Any, ...]) -> Drawer:
    return Drawer(
        session=row[0], till=row[1], name=row[2], staff=row[3], opened_on=date.fromisoformat(row[4]), opened_at=row[5],
        carried_fcfa=row[6], is_by_itself=bool(row[7]), closed_on=date.fromisoformat(row[8]) if row[8] else None,
        expected_fcfa=row[9], counted_fcfa=row[10], variance_fcfa=row[11], reason=row[12], left_fcfa=row[13],
        closing_act=row[14],
    )  # fmt: skip


def _handover(row: tuple[Any, ...]) -> Handover:
    return Handover(
        id=row[0], number=row[1], session=row[2], giver=row[3], receiver=row[4], receiver_session=row[5],
        amount_fcfa=row[6], occurred_on=date.fromisoformat(row[7]), at=row[8],
    )  # fmt: skip
