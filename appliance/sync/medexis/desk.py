"""From a kept paper to an order or a shipment: read in a child, matched, and taken without anybody only when nothing is in
doubt. Otherwise a person completes what was read, or types it; no line is dropped.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from appliance.core.actors import MACHINE
from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.stock.ledger.fefo import last_usable_day
from appliance.stock.orders import repository as orders
from appliance.stock.orders.model import AnnouncedLine, Announcement, FormLine, OrderForm
from appliance.stock.orders.services import form_received
from appliance.stock.orders.shipments import shipment_announced
from appliance.stock.reception import repository as receptions
from appliance.storage import Database, Store, Unit, settings
from appliance.sync.inbox import repository as mail
from appliance.sync.medexis import exchange as exchanges
from appliance.sync.medexis.layouts import layouts
from appliance.sync.medexis.matching import guesses, remember
from appliance.sync.medexis.reader import reading_of

SUPPLIER = "MEDEXIS"
FORM, NOTE = exchanges.PAPERS


async def read_owed(store: Store) -> int:
    """Read every kept paper that the layouts of today have not looked at; returns how many."""
    edition, _ = layouts()

    def owed() -> list[tuple[int, bytes]]:
        with store.reading() as db:
            return [(key, mail.bytes_of(db, key)) for key in mail.unread(db, edition)]

    found = await asyncio.to_thread(owed)
    for key, content in found:
        told = await reading_of(content)

        def keep(unit: Unit, document: int = key, reading: dict[str, Any] = told) -> dict[str, Any]:
            unit.append(
                "inbox_reading", document=document, layout=reading["layout"], edition=edition,
                result=msgspec.json.encode(reading).decode(),
            )  # fmt: skip
            return {"document": document, "taken": take_if_sure(unit, document)}

        await store.act("read-paper", MACHINE, keep)
    return len(found)


def take_if_sure(unit: Unit, document: int) -> bool:
    """Take a paper that leaves no doubt: a known sender's, read whole, for this centre, every line known."""
    paper = mail.document(unit, document)
    if paper is None or paper.reading is None or paper.outcome or paper.reading["faults"]:
        return False
    exchange, reading = exchanges.get(unit), paper.reading
    if not exchange.is_known(paper.sender, paper.sender_name) or (
        exchange.layouts and reading["layout"] not in exchange.layouts
    ):
        return False
    if other_centre(unit, paper):
        return False
    found = guesses(unit, sender_of(paper), reading["lines"])
    if not all(g.is_sure for g in found):
        return False
    lines = [{**line, "product": g.product} for line, g in zip(reading["lines"], found, strict=True)]
    try:
        take(unit, document, reading["paper"], reading["header"], lines)
    except Refused:
        return False  # a person reads why when they take it
    return True


def take(
    unit: Unit, document: int, kind: str, header: Mapping[str, str], lines: Sequence[Mapping[str, Any]], *, by_hand: bool = False
) -> bytes:  # fmt: skip
    """Make an order ("order_form") or a shipment ("delivery_note") of a paper; returns its UUID.

    `header`: reference, on, answer_by, order, expected_on, carrier; days ISO. A line: code, name, pack, quantity, product
    (None: nobody knows), for notes lot and expires ("10/2028" or "15/10/2028"). `by_hand`: a person has looked, and what
    each line means is remembered. Raises `Refused`: "no-such-document", "paper-taken", "order-empty", "shipment-…", "bad-expiry".
    """
    paper = _open(unit, document)
    exchange_unit = "unit" if not paper.reading else str(paper.reading.get("unit") or "unit")
    if kind == FORM:
        order = form_received(unit, OrderForm(
            supplier=SUPPLIER, reference=header.get("reference") or None, ordered_on=_day(header.get("on")),
            answer_by=_day(header.get("answer_by")), document=document,
            lines=tuple(
                FormLine(product=x["product"], label=x.get("name") or None, code=x.get("code") or None, quantity=x["quantity"],
                         written_in=exchange_unit)
                for x in lines
            ),
        ))  # fmt: skip
        record, outcome = orders.order(unit, order).uuid, "order"
    else:
        shipment = shipment_announced(unit, Announcement(
            number=header.get("reference") or paper.name, supplier=SUPPLIER, order_reference=header.get("order") or None,
            carrier=header.get("carrier") or None, shipped_on=_day(header.get("on")), document=document,
            expected_on=_day(header.get("expected_on")), lines=tuple(_announced(x) for x in lines),
        ))  # fmt: skip
        record, outcome = receptions.shipment(unit, shipment).uuid, "shipment"
    if by_hand:
        for line in lines:
            if line["product"] is not None:
                remember(unit, sender_of(paper), line, line["product"])
    _settle(unit, document, outcome, record, {"header": dict(header), "lines": [dict(x) for x in lines]})
    return record


def put_aside(unit: Unit, document: int) -> None:
    """A paper that is neither: it stays kept and readable."""
    _open(unit, document)
    _settle(unit, document, "aside", None, {})


def other_centre(db: Database, paper: mail.Document) -> str | None:
    """The centre that a paper names when it is not this one (its code is not in it); None when it is, or names none."""
    code = str((settings.get(db, "facility") or {}).get("code") or "")
    named = str(((paper.reading or {}).get("header") or {}).get("facility") or "")
    if not code or not named or re.search(rf"(?<!\w){re.escape(fold(code))}(?!\w)", fold(named)):
        return None
    return named


def sender_of(paper: mail.Document) -> str:
    """Whose words a paper's are; one brought by hand speaks MEDEXIS's."""
    return paper.sender or SUPPLIER


def _open(unit: Unit, document: int) -> mail.Document:
    """A paper of which nothing was made yet. Raises `Refused` ("no-such-document", "paper-taken")."""
    paper = mail.document(unit, document)
    if paper is None:
        raise Refused("no-such-document", document=document)
    if paper.outcome in ("order", "shipment"):
        raise Refused("paper-taken", document=document)
    return paper


def _settle(unit: Unit, document: int, outcome: str, record: bytes | None, content: Mapping[str, Any]) -> None:
    unit.append(
        "inbox_outcome",
        document=document,
        outcome=outcome,
        record=record,
        content=msgspec.json.encode(content).decode(),
    )
    unit.note(document=document, outcome=outcome)


def _announced(line: Mapping[str, Any]) -> AnnouncedLine:
    parts = [int(p) for p in str(line.get("expires") or "").replace("-", "/").split("/") if p.isdecimal()]
    expires: date | None = None
    try:
        if len(parts) == 2:
            expires = last_usable_day(parts[1], parts[0], None)
        elif len(parts) == 3:
            expires = date(parts[2], parts[1], parts[0])
    except ValueError:
        raise Refused("bad-expiry", lot=str(line.get("lot") or "")) from None
    return AnnouncedLine(
        announced=line["quantity"], product=line["product"], label=line.get("name") or None, code=line.get("code") or None,
        lot_number=(str(line.get("lot") or "")[:40] or None), expires_on=expires,
        expiry_precision="day" if len(parts) == 3 else "month",
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
