"""Our orders and receptions as the facts that an event tells, under the names of `exchange.FIELDS`.

Quantities are base units, days ISO dates. Nobody's name is in it: who signed stays at the centre.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from appliance.stock.orders import repository as orders
from appliance.stock.orders.model import Order
from appliance.stock.reception import repository as receptions
from appliance.storage import Database
from appliance.sync.medexis.exchange import CONFIRMATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is told of one record: the day it happened, fields of the whole, and by line its part's name and fields."""

    on: date
    number: str
    header: Mapping[str, str]
    lines: tuple[tuple[str, Mapping[str, str]], ...]


def facts_of(db: Database, kind: str, subject: str) -> Facts:
    """The facts of an outbox row's subject (a UUID as hex). Raises `Refused` ("no-such-order", "no-such-proof")."""
    uuid = bytes.fromhex(subject)
    return _confirmation(db, uuid) if kind == CONFIRMATION else _acknowledgement(db, uuid)


def _confirmation(db: Database, uuid: bytes) -> Facts:
    order = orders.by_uuid(db, uuid)
    lines, told = [], []
    is_as_proposed = True
    for line in orders.lines(db, order.id):
        if line.confirmed is None and line.product is None:
            continue
        asked, code = line.confirmed or 0, line.code_written or line.product_code
        is_as_proposed = is_as_proposed and asked == (line.theirs or 0)
        fields = {
            "product": code, "product_name": line.label_written or line.label, "proposed": str(line.theirs or 0),
            "confirmed": str(asked), "reason": line.reason or "",
        }  # fmt: skip
        lines.append((str(line.rank), fields))
        told.append("|".join(part for part in (code, str(asked), line.reason or "") if part))
    on = order.confirmed_on or order.ordered_on
    header = {
        **_of_order(order), "ordered_on": order.ordered_on.isoformat(), "confirmed_on": on.isoformat(),
        "expected_on": order.expected_on.isoformat() if order.expected_on else "", "kind": order.kind.value,
        "decision": "as_proposed" if is_as_proposed else "changed", "line_count": str(len(lines)),
        "lines": "; ".join(told), "note_text": "",
    }  # fmt: skip
    return Facts(on=on, number=order.reference or order.number, header=header, lines=tuple(lines))


def _acknowledgement(db: Database, uuid: bytes) -> Facts:
    proof = receptions.proof_by_uuid(db, uuid)
    order = orders.order(db, proof.order) if proof.order is not None else None
    codes = {line.id: line.code_written for line in orders.lines(db, order.id)} if order else {}
    lines, told = [], []
    temperature, is_whole = "", True
    for line in receptions.proof_lines(db, proof.id):
        counted, accepted, refused = (0, 0, 0) if line.is_reversed else (line.counted, line.accepted, line.refused)
        code = codes.get(line.order_line or 0) or line.product_code
        is_whole = is_whole and not line.is_reversed and refused == 0 and line.surplus == 0 and line.announced in (None, counted)  # fmt: skip
        if line.temperature_tenths is not None:
            temperature = f"{line.temperature_tenths / 10:.1f}"
        fields = {
            "product": code, "product_name": line.label, "lot": line.lot_number,
            "expires_on": line.expires_on.isoformat() if line.expires_on else "",
            "ordered": "" if line.ordered is None else str(line.ordered),
            "announced": "" if line.announced is None else str(line.announced), "counted": str(counted),
            "accepted": str(accepted), "refused": str(refused), "surplus": "0" if line.is_reversed else str(line.surplus),
            "reason": line.refusal or "",
        }  # fmt: skip
        lines.append((str(line.id), fields))
        if not line.is_reversed:
            told.append(f"{code}|{line.lot_number}|{line.announced or 0}|{accepted}|{refused}")
    header = {
        **(_of_order(order) if order else {"reference": proof.slip, "supplier": proof.supplier}), "note": proof.slip,
        "received_on": proof.received_on.isoformat(), "decision": "whole" if is_whole else "gaps",
        "temperature": temperature, "line_count": str(len(told)), "lines": "; ".join(told),
        "note_text": proof.reserves or "",
    }  # fmt: skip
    return Facts(on=proof.received_on, number=proof.number, header=header, lines=tuple(lines))


def _of_order(order: Order) -> dict[str, str]:
    return {"reference": order.reference or order.number, "supplier": order.supplier}
