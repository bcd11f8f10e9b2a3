"""Orders as facts: the list, one of them, a confirmation and a reception from a file. Quantities are base units."""

from __future__ import annotations

from datetime import date
from typing import Any

from appliance.core.actors import Actor
from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.orders import repository, services
from appliance.stock.orders.model import Answer, Order, State
from appliance.stock.orders.tasks import tasks
from appliance.stock.reception import repository as receptions
from appliance.stock.reception.model import CountedLine, ReceptionForm
from appliance.stock.reception.services import sign
from appliance.storage import Database, Store, Unit


def list_facts(store: Store, state: str | None = None) -> dict[str, Any]:
    """Every order (of one state), newest first, and what is to be done today."""
    if state is not None and state not in set(State):
        raise Refused("order-state", order="", state=state[:20], wanted="")
    with store.reading() as db:
        held = repository.orders(db, states=frozenset({State(state)}) if state else frozenset(State), limit=1_000)
        return {
            "orders": [_head(order) for order in held],
            "tasks": [
                {"do": t.code, "name": t.name, "supplier": t.supplier, "order": t.order, "shipment": t.shipment, "days": t.days}
                for t in tasks(db, store.clock.today())
            ],
        }  # fmt: skip


def show_facts(store: Store, number: str) -> dict[str, Any]:
    """One order with its lines, timeline, delivery notes and receptions."""
    with store.reading() as db:
        return _whole(db, repository.by_number(db, number))


def confirm_facts(store: Store, number: str, lines: list[dict[str, Any]], by: str) -> dict[str, Any]:
    """Confirm an order in a person's name; `lines`: {"product": code, "quantity": base units, "reason": code, "note": text}.

    Lines that are not named are confirmed as the supplier proposes (push) or as we do (pull). The second signature is
    given on a page, with its PIN.
    """

    def write(unit: Unit) -> dict[str, Any]:
        order = repository.by_number(unit, number)
        given = {str(line.get("product")): line for line in lines}
        held = repository.lines(unit, order.id)
        if strange := set(given) - {line.product_code for line in held}:
            raise Refused("no-such-order-line", line=sorted(strange)[0])
        answers = []
        for line in held:
            told = given.get(line.product_code, {})
            quantity = told.get("quantity", services.proposed(order, line) or 0)
            if not isinstance(quantity, int):
                raise Refused("quantity", product=line.product_code, asked=0, given=0)
            reason = told.get("reason") or ("other" if line.product is None else None)
            note = told.get("note") or ("unmatched" if line.product is None else None)
            answers.append(
                Answer(line=line.id, quantity=0 if line.product is None else quantity, reason=reason, note=note)
            )
        services.confirm(unit, order.id, answers)
        return {"order": order.id}

    done = store.act_now("confirm-order", _actor(store, by), write)
    with store.reading() as db:
        return _whole(db, repository.order(db, done.result["order"]))


def receive_facts(store: Store, given: dict[str, Any], by: str) -> dict[str, Any]:
    """Sign a reception from a description, in a person's name; returns the proof with its lines."""

    def write(unit: Unit) -> dict[str, Any]:
        order = repository.by_number(unit, given["order"]) if given.get("order") else None
        lines = tuple(_counted(unit, line) for line in given.get("lines") or ())
        names = given.get("signed_by") or {}
        on = given.get("received_on")
        form = ReceptionForm(
            supplier=str(given.get("supplier") or (order.supplier if order else "")), slip=str(given.get("slip") or ""), lines=lines,
            head_name=str(names.get("dtc") or ""), keeper_name=str(names.get("gerant") or ""), asaco_name=str(names.get("asaco") or ""),
            received_on=_day(on) if on else None, order=order.id if order else None, carrier=given.get("carrier"),
            reserves=given.get("reserves"), funder=given.get("funder"),
        )  # fmt: skip
        return {"proof": sign(unit, form)}

    done = store.act_now("sign-reception", _actor(store, by), write)
    with store.reading() as db:
        proof = receptions.proof(db, done.result["proof"])
        return {
            "proof": proof.number, "revision": proof.revision, "received_on": proof.received_on.isoformat(),
            "order": _head(repository.order(db, proof.order)) if proof.order else None,
            "lines": [
                {
                    "product": line.product_code, "lot": line.lot_number,
                    "expires_on": line.expires_on.isoformat() if line.expires_on else None, "ordered": line.ordered,
                    "announced": line.announced, "counted": line.counted, "accepted": line.accepted, "refused": line.refused,
                    "surplus": line.surplus, "refusal": line.refusal,
                }
                for line in receptions.proof_lines(db, proof.id)
            ],
        }  # fmt: skip


def _whole(db: Database, order: Order) -> dict[str, Any]:
    return _head(order) | {
        "lines": [
            {
                "product": line.product_code or None, "label": line.label, "pack_units": line.pack_units, "theirs": line.theirs,
                "ours": line.ours, "confirmed": line.confirmed, "approved": line.approved, "received": line.received,
                "missing": line.missing, "reason": line.reason, "note": line.note,
            }
            for line in repository.lines(db, order.id)
        ],
        "timeline": [
            {"state": s.state.value, "on": s.occurred_on.isoformat(), "by": s.by or None, "way": s.way, "reason": s.reason}
            for s in repository.timeline(db, order.id)
        ],
        "shipments": [s.number for s in receptions.shipments_of(db, order.id) if not s.is_superseded],
        "proofs": [p.number for p in receptions.proofs_of(db, order.id)],
    }  # fmt: skip


def _head(order: Order) -> dict[str, Any]:
    return {
        "number": order.number, "reference": order.reference, "supplier": order.supplier, "programme": order.programme,
        "kind": order.kind.value, "model": order.model.value, "ordered_on": order.ordered_on.isoformat(),
        "expected_on": order.expected_on.isoformat() if order.expected_on else None, "state": order.state.value,
        "state_on": order.state_on.isoformat(),
    }  # fmt: skip


def _counted(unit: Unit, line: dict[str, Any]) -> CountedLine:
    product = catalogue.by_code(unit, str(line.get("product")))
    if product is None:
        raise Refused("no-such-product", product=str(line.get("product"))[:20])
    counted, refused = _units(line, "counted", product.code), _units(line, "refused", product.code, 0)
    accepted = _units(line, "accepted", product.code, counted - refused)
    year, month, day = _expiry(str(line.get("expires") or ""))
    return CountedLine(
        product=product.id, counted=counted, accepted=accepted, refused=refused, lot_number=str(line.get("lot") or ""),
        expires_year=year, expires_month=month, expires_day=day, refusal=line.get("refusal"), state=str(line.get("state") or "good"),
        vvm=line.get("vvm"), temperature_tenths=line.get("temperature_tenths"), unit_cost_fcfa=line.get("unit_cost_fcfa"),
        remark=line.get("remark"),
    )  # fmt: skip


def _units(line: dict[str, Any], name: str, product: str, default: int | None = None) -> int:
    value = line.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused("quantity", product=product, asked=0, given=0)
    return value


def _expiry(text: str) -> tuple[int | None, int | None, int | None]:
    """ "2028-06" (month's end) or "2028-06-15"; nothing for an empty text. Raises `Refused("bad-expiry")`."""
    parts = [int(part) for part in text.split("-") if part.isdecimal()]
    if not text:
        return None, None, None
    if len(parts) not in (2, 3) or len(parts) != len(text.split("-")):
        raise Refused("bad-expiry", lot=text[:20])
    return parts[0], parts[1], parts[2] if len(parts) == 3 else None


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise Refused("bad-date") from None


def _actor(store: Store, name: str) -> Actor:
    """A member of staff by name; raises `Refused("no-such-staff")`."""
    from appliance.access import staff

    with store.reading() as db:
        found = next((m for m in staff.members(db, store.clock.today()) if m.name == name), None)
    if found is None:
        raise Refused("no-such-staff", staff=name[:40])
    return Actor(staff_id=found.id, roles=found.roles | found.acting, device="command")
