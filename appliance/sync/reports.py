"""A closed report as a job for the courier: its figures under the server's names, and its completion."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.core.errors import InvariantBroken
from appliance.core.periods import Month
from appliance.reports.closing import repository as closings
from appliance.reports.closing.model import Closing, ReportCell
from appliance.storage import Database, Unit, outbox
from appliance.sync.dhis2 import mapping
from appliance.sync.dhis2.payloads import Value, completion, data_values, misfit
from appliance.sync.outbox.repository import Item

KIND = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What of a closing can go out: values in the order sent with the cell behind each, and what can't and why."""

    values: tuple[Value, ...]
    cells: tuple[ReportCell, ...]
    unmapped: tuple[ReportCell, ...]
    misfits: tuple[tuple[ReportCell, str], ...]


def subject_of(form: str, period: str) -> str:
    """The outbox subject of a report: `RMA:2026-10`."""
    return f"{form}:{period}"


def enqueue(unit: Unit, closing: Closing) -> int:
    """Put a closed report into the outbox in the act that closes it."""
    return outbox.enqueue(unit, KIND, subject_of(closing.form, closing.period), closing.version, identity=closing.uuid)


def compose(db: Database, item: Item, today: date) -> dict[str, Any]:
    """The job of one outbox row. A row sent before goes out with the very bytes of the first time.

    The payload is empty while the server's names are not known.
    """
    closing = of_item(db, item)
    pulled = mapping.pulled(db, closing.form)
    org_unit = mapping.org_unit(db)
    period = Month.parse(closing.period).dhis2
    if pulled is None or org_unit is None:
        payload, finish = b"", b""
    else:
        prepared = prepare(db, closing)
        payload = item.payload or data_values(pulled.uid, period, org_unit["id"], prepared.values)
        finish = completion(pulled.uid, period, org_unit["id"], today.isoformat())
    return {
        "kind": KIND, "item": item.id, "subject": item.subject,
        "payload": base64.b64encode(payload).decode(), "completion": base64.b64encode(finish).decode(),
        "complete_with_refusals": bool(item.detail.get("complete_with_refusals")),
    }  # fmt: skip


def prepare(db: Database, closing: Closing) -> Prepared:
    """Figures under the server's names. An empty cell sends nothing, unless a version before it sent a figure."""
    targets = mapping.targets(db, closing.form)
    before = closings.version(db, closing.form, closing.period, closing.version - 1) if closing.version > 1 else None
    sent_before = {_key(c) for c in before.cells if c.value is not None} if before else set()
    values: list[Value] = []
    cells: list[ReportCell] = []
    unmapped: list[ReportCell] = []
    misfits: list[tuple[ReportCell, str]] = []
    for cell in closing.cells:
        if cell.value is None and _key(cell) not in sent_before:
            continue
        found = targets.get(_key(cell))
        if not found:
            unmapped.append(cell)
            continue
        for target in found:
            if cell.value is not None and (fault := misfit(cell.value, target.value_type)):
                misfits.append((cell, fault))
                continue
            values.append(Value(target=target, value=cell.value))
            cells.append(cell)
    return Prepared(values=tuple(values), cells=tuple(cells), unmapped=tuple(unmapped), misfits=tuple(misfits))


def of_item(db: Database, item: Item) -> Closing:
    """The closing that an outbox row stands for."""
    form, period = item.subject.split(":", 1)
    found = closings.version(db, form, period, item.revision)
    if found is None:
        raise InvariantBroken("outbox-without-closing", item=item.id, subject=item.subject)
    return found


def _key(cell: ReportCell) -> tuple[str, str]:
    return mapping.key_of(cell.code, cell.disaggregation)
