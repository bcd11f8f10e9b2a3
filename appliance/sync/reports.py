"""A closed report as a job for the courier: its figures under the server's names, and its completion."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.core.errors import InvariantBroken
from appliance.core.periods import Month
from appliance.reports.closing import repository as closings
from appliance.reports.closing.model import Closing, ReportCell
from appliance.reports.form import form
from appliance.storage import Database, Unit, outbox
from appliance.sync import link as links
from appliance.sync.dhis2 import mapping
from appliance.sync.dhis2.book import Book, Key
from appliance.sync.dhis2.codes import Kind, kind_of
from appliance.sync.dhis2.matching import Cell, Target, find
from appliance.sync.dhis2.payloads import Misfit, added_up, completion, data_values, values_in, written
from appliance.sync.outbox import repository
from appliance.sync.outbox.repository import Item

KIND = "report"
STALE_DAYS = 7
"""A report that waited longer than this may meet figures that somebody typed meanwhile: it must be able to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One value to be sent and the cells behind it (several where a hand-made mapping adds them up)."""

    target: Target
    value: str
    cells: tuple[ReportCell, ...]
    loses_zero: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What of a closing can go out, and what can't and why. `withdrawn` are places that hold a figure of ours from
    an earlier sending and have none now; `left` are places where a person lets the district's figure stand."""

    entries: tuple[Entry, ...]
    withdrawn: tuple[Key, ...]
    unmapped: tuple[ReportCell, ...]
    misfits: tuple[tuple[ReportCell, str], ...]
    left: tuple[Entry, ...] = ()
    empty_compulsory: int = 0

    @property
    def lost_zeros(self) -> tuple[Entry, ...]:
        """Zeros that a server up to 2.42 does not keep."""
        return tuple(e for e in self.entries if e.loses_zero)

    @property
    def pairs(self) -> tuple[tuple[Key, str | None], ...]:
        """Keys and values in the order in which they are sent."""
        return (*((e.target.key, e.value) for e in self.entries), *((key, None) for key in self.withdrawn))


def subject_of(code: str, period: str) -> str:
    """The outbox subject of a report: `RMA:2026-10`."""
    return f"{code}:{period}"


def enqueue(unit: Unit, closing: Closing) -> int:
    """Put a closed report into the outbox in the act that closes it."""
    return outbox.enqueue(unit, KIND, subject_of(closing.form, closing.period), closing.version, identity=closing.uuid)


def obstacle(db: Database, code: str) -> str | None:
    """Why no report of a form can go out now: names not known, set not there, not monthly, with attributes; or None."""
    pulled, org_unit = mapping.pulled(db, code), mapping.org_unit(db)
    if pulled is None or org_unit is None or not links.names_are_of_this_server(db):
        return "data-set-missing" if code in links.missing_sets(db) else "unmapped"
    book = pulled.book
    if book.period_type != "Monthly":
        return "period-type"
    link = links.get(db)
    if not book.is_plain and not (link and link.attribute_combos.get(code)):
        return "data-set-attributes"
    return None


def compose(db: Database, item: Item, today: date) -> dict[str, Any] | str:
    """The job of one outbox row, or the code of what stands in its way.

    A row sent before goes out with the very bytes of the first time.
    """
    closing = of_item(db, item)
    if why := obstacle(db, closing.form):
        return why
    pulled, org_unit, link = mapping.pulled(db, closing.form), mapping.org_unit(db), links.get(db)
    assert pulled is not None and org_unit is not None and link is not None  # noqa: S101 - `obstacle` looked
    month, attributes = Month.parse(closing.period), link.attribute_combos.get(closing.form, "")
    prepared = prepare(db, closing, item.detail.get("theirs") or ())
    if not prepared.pairs:
        return "nothing-to-send"
    place = (pulled.uid, month.dhis2, org_unit["id"])
    payload = item.payload or data_values(*place, prepared.pairs, attributes)
    return {
        "kind": KIND, "item": item.id, "subject": item.subject, "payload": base64.b64encode(payload).decode(),
        "completion": base64.b64encode(completion(*place, today.isoformat(), attributes)).decode(),
        "complete_with_refusals": bool(item.detail.get("complete_with_refusals")),
        "kept_back": len(prepared.misfits), "overwrite": bool(item.detail.get("overwrite")),
        # Any zero, whatever the names pulled last week say of its element: up to 2.42 it may go uncounted.
        "droppable": [at for at, (_, value) in enumerate(values_in(payload)) if value is not None and _is_zero(value)],
        "period_end": month.last.isoformat(),
        "read_back": {
            "dataSet": pulled.uid, "period": month.dhis2, "orgUnit": org_unit["id"],
            "attributeOptionCombo": attributes or pulled.body.get("defaultCategoryOptionCombo"),
            "ours": [[*key, known] for key, known in history(db, item.subject).items()],
            "must": item.revision > 1 or (today - closing.closed_at_date).days > STALE_DAYS,
        },
    }  # fmt: skip


def prepare(db: Database, closing: Closing, theirs: Any = ()) -> Prepared:
    """Figures under the server's names. An empty cell sends nothing, unless a figure of ours stands there."""
    targets, pulled = mapping.targets(db, closing.form), mapping.pulled(db, closing.form)
    book = pulled.book if pulled else None
    cells: dict[Key, list[ReportCell]] = {}
    places: dict[Key, Target] = {}
    unmapped: list[ReportCell] = []
    misfits: list[tuple[ReportCell, str]] = []
    for cell in closing.cells:
        if cell.value is None:
            continue
        found = targets.get(mapping.key_of(cell.code, cell.disaggregation))
        if found is None and book and (live := _found_now(closing.form, cell, book)):
            found = [live]  # a product that came after the last pull
        if found is None:
            unmapped.append(cell)
        for target in found or ():
            if book and book.pair(target.key) is None:
                misfits.append((cell, "pair-not-in-set"))
                continue
            places[target.key] = target
            cells.setdefault(target.key, []).append(cell)
    entries, unfit = _entries(cells, places, book, misfits)
    leave = {(k[0], k[1]) for k in theirs}
    barred = leave | {e.target.key for e in entries} | unfit
    standing = {
        key for key, known in history(db, subject_of(closing.form, closing.period)).items() if known[-1:] != [""]
    }
    withdrawn = tuple(k for k in sorted(standing - barred) if book is None or book.pair(k) is not None)
    filled = {e.target.key for e in entries}
    return Prepared(
        entries=tuple(e for e in entries if e.target.key not in leave), withdrawn=withdrawn, unmapped=tuple(unmapped),
        misfits=tuple(misfits), left=tuple(e for e in entries if e.target.key in leave),
        empty_compulsory=len(book.compulsory - filled) if book else 0,
    )  # fmt: skip


def history(db: Database, subject: str) -> dict[Key, list[str]]:
    """What this box ever sent to each place of a report, oldest first; the empty text where it withdrew a figure."""
    known: dict[Key, list[str]] = {}
    for payload in repository.proofs(db, KIND, subject):
        for key, value in values_in(payload):
            known.setdefault(key, []).append(value or "")
    return known


def of_item(db: Database, item: Item) -> Closing:
    """The closing that an outbox row stands for."""
    code, period = item.subject.split(":", 1)
    found = closings.version(db, code, period, item.revision)
    if found is None:
        raise InvariantBroken("outbox-without-closing", item=item.id, subject=item.subject)
    return found


class ReportKind:
    """A closed report as the outbox knows it."""

    name, purpose = KIND, "reports"

    def obstacle(self, db: Database, item: Item) -> str | None:
        """As `obstacle`, of the row's form."""
        return obstacle(db, item.subject.split(":", 1)[0])

    def compose(self, db: Database, item: Item, today: date) -> dict[str, Any] | str:
        """As `compose`."""
        return compose(db, item, today)

    def begun(self, unit: Unit, item: Item) -> None:
        """Nothing more to keep: a report's place is its identity."""

    def settled(self, unit: Unit, item: Item) -> None:
        """Nothing changes here: the report was closed before."""

    def wait_seconds(self, unit: Unit, item: Item) -> int:
        """Seconds until the report's period has ended; 0 when it has."""
        days = (month_of(item).last - unit.today).days + 1
        return max(days, 0) * 86_400

    def placed(self, payload: bytes | None, conflicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Conflicts with the keys of the values they are about, by position or, where none is given, by names."""
        if payload is None:
            return conflicts
        keys = [key for key, _ in values_in(payload)]
        found = []
        for conflict in conflicts:
            indexes, names = conflict.get("indexes") or (), set(conflict.get("names") or ())
            about = [keys[i] for i in indexes if i < len(keys)]
            if not indexes and names:
                about = [k for k in keys if k[0] in names]
                about = [k for k in about if k[1] in names] or about
            found.append({**conflict, "keys": about[:200]})
        return found

    def names_are_stale(self, conflicts: list[dict[str, Any]]) -> bool:
        """Whether a refusal speaks of elements, combinations or places: then our copy of the server's names is old."""
        return any(kind_of(c.get("code") or "") is Kind.MAPPING for c in conflicts)


def month_of(item: Item) -> Month:
    """The month of a report's row."""
    return Month.parse(item.subject.split(":", 1)[1])


def _found_now(code: str, cell: ReportCell, book: Book) -> Target | None:
    names = form(code).option_names(cell.disaggregation)
    return find(Cell(code=cell.code, disaggregation=cell.disaggregation, option_names=names), book)


def _entries(
    cells: Mapping[Key, list[ReportCell]], places: Mapping[Key, Target], book: Book | None,
    misfits: list[tuple[ReportCell, str]],
) -> tuple[list[Entry], set[Key]]:  # fmt: skip
    entries, unfit = [], set()
    for key, behind in cells.items():
        target = places[key]
        try:
            text = written(added_up([c.value for c in behind if c.value is not None]), target.value_type)
        except Misfit as fault:
            misfits += [(c, fault.code) for c in behind]
            unfit.add(key)
            continue
        if text is not None:
            element = book.pair(key) if book else None
            lost = bool(element and element.loses_zero and _is_zero(text))
            entries.append(Entry(target=target, value=text, cells=tuple(behind), loses_zero=lost))
    return entries, unfit


def _is_zero(text: str) -> bool:
    return text.lstrip("-").replace(".", "").strip("0") == "" and text != ""
