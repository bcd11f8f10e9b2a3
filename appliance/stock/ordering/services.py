"""Setting the ordering rules: per centre, programme, supplier or product. A change is a new row; none is ever edited."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from appliance.core.errors import Refused
from appliance.stock.catalogue import repository as catalogue
from appliance.stock.ordering.parameters import TYPED, Scope, load_defaults, parameters_of
from appliance.stock.ordering.repository import about, supplier_of_facility, typed
from appliance.storage import Unit


def set_parameters(unit: Unit, scope: str, subject: str, values: Mapping[str, str | None]) -> int:
    """Set values at a scope; None gives a value back to what holds without it. Returns how many changed.

    `subject` is the programme, the supplier or the product's code; empty for the centre. Raises `Refused`:
    "order-scope" (no such scope, programme, supplier or product, or a value that can't be set there), "order-setting"
    (outside of its bounds), "order-levels" (a minimum above the maximum, or an emergency point above the minimum).
    """
    wanted = _checked(unit, scope, subject, values)
    held = typed(unit)
    changed = 0
    for name, value in wanted.items():
        if held.get((scope, subject, name)) != value:
            unit.append("order_setting", scope=scope, subject=subject, name=name, value=value)
            changed += 1
    unit.note(scope=scope, subject=subject, changed=changed)
    return changed


def _checked(unit: Unit, scope: str, subject: str, values: Mapping[str, str | None]) -> dict[str, str | None]:
    if scope not in {s.value for s in TYPED} or not _is_subject(unit, scope, subject):
        raise Refused("order-scope", scope=scope[:20], subject=subject[:40])
    known = load_defaults().parameters
    wanted: dict[str, str | None] = {}
    for name, text in values.items():
        if name not in known or Scope(scope) not in known[name].scopes:
            raise Refused("order-scope", scope=scope, subject=name[:40])
        wanted[name] = known[name].read(text) if text and text.strip() else None
    _check_levels(unit, scope, subject, wanted)
    return wanted


def _check_levels(unit: Unit, scope: str, subject: str, wanted: Mapping[str, str | None]) -> None:
    """The levels that would hold at this scope must stand in their order: emergency, minimum, maximum."""
    held = {**typed(unit), **{(scope, subject, name): value for name, value in wanted.items() if value is not None}}
    for name, value in wanted.items():
        if value is None:
            held.pop((scope, subject, name), None)
    low, high, emergency = (
        Fraction(_in_force(unit, scope, subject, name, held))
        for name in ("minimum_months", "maximum_months", "emergency_months")
    )
    if not emergency <= low <= high:
        raise Refused("order-levels", emergency=str(emergency), minimum=str(low), maximum=str(high))


def _in_force(unit: Unit, scope: str, subject: str, name: str, held: Mapping[tuple[str, str, str], str]) -> str:
    product = catalogue.by_code(unit, subject) if scope == Scope.PRODUCT else None
    if product is not None:
        return parameters_of(about(product), held, supplier_of_facility(unit)).values[name].text or "0"
    default = load_defaults().parameters[name].default or "0"
    return held.get((scope, subject, name)) or held.get((Scope.FACILITY, "", name)) or default


def _is_subject(unit: Unit, scope: str, subject: str) -> bool:
    if scope == Scope.FACILITY:
        return subject == ""
    if scope == Scope.PRODUCT:
        return catalogue.by_code(unit, subject) is not None
    if scope == Scope.PROGRAMME:
        return subject in catalogue.programmes(unit)
    return 2 <= len(subject) <= 20 and subject.replace("-", "").isalnum()
