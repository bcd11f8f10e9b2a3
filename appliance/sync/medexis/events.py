"""Confirmations and acknowledgements as events: composed under the names of the program, each under a UID of its own.

The UIDs were kept by whoever signed the record, long before the courier asks for it. A correction is a new revision of the
same subject: it goes over the same event.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.stock.orders import repository as orders
from appliance.stock.orders import services as order_services
from appliance.storage import Database, Unit
from appliance.storage.uids import keep_uids, kept_uids, made_uid, site_key
from appliance.sync import link as links
from appliance.sync.dhis2 import mapping
from appliance.sync.dhis2.payloads import Misfit, written
from appliance.sync.dhis2.programs import Program
from appliance.sync.medexis import exchange as exchanges
from appliance.sync.medexis.exchange import CONFIRMATION, LINE_FIELDS, OPTIONS, EventShape
from appliance.sync.medexis.records import Facts, facts_of
from appliance.sync.outbox import repository
from appliance.sync.outbox.repository import Item

PURPOSE = "events"
PRODUCT = "{product}"
_STALE = {f"E{n}" for n in (1010, 1011, 1013, 1029, 1089, 1125, 1302, 1304, 1305)}
"""Refusals that may come of names pulled long ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unfit(Exception):
    """Why an event can't be composed; a code with a sentence of its own."""

    code: str


class EventKind:
    """One of the two event programs, as the outbox knows it."""

    purpose = PURPOSE

    def __init__(self, name: str) -> None:
        self.name = name

    def obstacle(self, db: Database, item: Item) -> str | None:
        """Why a row can't go out now, or None."""
        made = self._made(db, item)
        return made if isinstance(made, str) else None

    def compose(self, db: Database, item: Item, today: date) -> dict[str, Any] | str:
        """The job of a row. One composed before goes out with the very bytes of the first time."""
        made = self._made(db, item)
        if isinstance(made, str):
            return made
        earlier = [i for i in repository.of_subject(db, item.kind, item.subject) if i.revision < item.revision]
        ours: dict[str, list[Any]] = {}
        for proof in repository.proofs(db, item.kind, item.subject):
            for event in json.loads(proof)["events"]:
                ours.setdefault(event["event"], []).append(event)
        detail = item.detail
        return {
            "kind": "event", "item": item.id, "subject": item.subject, "payload": base64.b64encode(made).decode(),
            "update": any(i.state == "done" for i in earlier), "ours": ours, "overwrite": bool(detail.get("overwrite")),
            "done": [*(detail.get("done") or ()), *(str(k) for k in detail.get("theirs") or ())],
        }  # fmt: skip

    def begun(self, unit: Unit, item: Item) -> None:
        """Keep the UIDs of a record that was signed by a release which kept none then."""
        keep_uids(
            unit, self.name, item.subject, ["", *(part for part, _ in facts_of(unit, self.name, item.subject).lines)]
        )

    def settled(self, unit: Unit, item: Item) -> None:
        """The server has it: an order that was confirmed is with its supplier now."""
        if self.name == CONFIRMATION:
            order_services.acknowledged(unit, orders.by_uuid(unit, bytes.fromhex(item.subject)).id)

    def wait_seconds(self, unit: Unit, item: Item) -> int:
        """No event waits for a period to end."""
        return 0

    def placed(self, payload: bytes | None, conflicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refusals with the UID of the event they are about."""
        return [{**c, "keys": list(c.get("names") or ())} for c in conflicts]

    def names_are_stale(self, conflicts: list[dict[str, Any]]) -> bool:
        """Whether a refusal may come of names that have moved there."""
        return any(c.get("code") in _STALE for c in conflicts)

    def _made(self, db: Database, item: Item) -> bytes | str:
        """The bytes of a row's events, or the code of what bars them."""
        exchange, key, unit = exchanges.get(db), site_key(db), mapping.org_unit(db)
        if not exchange.is_on or key is None:
            return "exchange-off"
        if unit is None or not links.names_are_of_this_server(db):
            return "unmapped"
        body = mapping.program(db, self.name)
        if body is None:
            return "program-missing"
        if item.payload:
            return item.payload
        shape = exchange.events[self.name]
        program = Program(body, shape.stage)
        if program.stage is None or not program.is_single:
            return "stage-missing" if program.stage is None else "program-registers"
        facts = facts_of(db, self.name, item.subject)
        kept = kept_uids(db, self.name, item.subject)
        place = {"program": program.uid, "programStage": program.stage["id"], "orgUnit": unit["id"]}
        try:
            events = [
                {
                    "event": kept.get(part) or made_uid(key, self.name, item.subject, part), **place, "occurredAt": facts.on.isoformat(),
                    "status": "COMPLETED", "completedAt": facts.on.isoformat(),
                    "dataValues": [{"dataElement": e, "value": v} for e, v in values.items()],
                }
                for part, values in _events(facts, shape, program, self.name)
            ]  # fmt: skip
        except _Unfit as fault:
            return fault.code
        if not events:
            return "nothing-to-send"
        return json.dumps({"events": events}, ensure_ascii=True, separators=(",", ":")).encode()


def _events(facts: Facts, shape: EventShape, program: Program, kind: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Part and values of each event: one for the whole, or one a line."""
    if shape.per == "line":
        for part, line in facts.lines:
            yield part, dict(_values({**facts.header, **line}, shape, program, kind))
        return
    values = dict(_values(facts.header, shape, program, kind))
    for _, line in facts.lines:
        for field, name in shape.fields.items():
            # A product without an element of its own there is told among the lines, or not at all.
            if (
                PRODUCT in name
                and line.get(field)
                and (element := program.element(name.replace(PRODUCT, line["product"])))
            ):
                values[element["id"]] = _written(element, line[field], program)
    yield "", values


def _values(fields: Mapping[str, str], shape: EventShape, program: Program, kind: str) -> Iterator[tuple[str, str]]:
    for field, name in shape.fields.items():
        if PRODUCT in name or (shape.per == "order" and field in LINE_FIELDS):
            continue
        element = program.element(name)
        if element is None:
            raise _Unfit(code="element-missing")
        text = fields.get(field, "")
        if field in OPTIONS.get(kind, {}) and text:
            text = shape.options.get(field, {}).get(text, text)
        if text:
            yield element["id"], _written(element, text, program)


def _written(element: Mapping[str, Any], text: str, program: Program) -> str:
    """A value as the element takes it. Raises `_Unfit`."""
    options = program.options(element)
    if options is not None and text not in options:
        raise _Unfit(code="option-missing")
    try:
        value = written(text, str(element.get("valueType") or "TEXT"))
    except Misfit as fault:
        raise _Unfit(code=fault.code) from None
    return value if value is not None else text


def uids_of(db: Database, kind: str, subject: str) -> list[str]:
    """The UIDs under which a record goes to the server; the whole's alone until it is composed, as one event or line by line."""
    kept = kept_uids(db, kind, subject)
    composed = b"".join(item.payload or b"" for item in repository.of_subject(db, kind, subject))
    return [uid for uid in kept.values() if f'"{uid}"'.encode() in composed] or [
        uid for part, uid in kept.items() if not part
    ]


def number_of(db: Database, item: Item) -> str:
    """The printed number of the record that a row is about."""
    return facts_of(db, item.kind, item.subject).number
