"""Whether figures may still, or already, be written: the server's clock decides."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from appliance.standin.aggregate.lookup import Lookup, Thing
from appliance.standin.instance import Instance
from appliance.standin.wire.periods import Period, containing, shifted


def is_expired(here: Instance, lookup: Lookup, data_set: Thing, period: Period, unit: str) -> bool:
    """Past its expiry days. 2.38 counted from the last day of the period, later ones from the day after it."""
    days = float(data_set.get("expiryDays") or 0)
    if days <= 0 or here.settings.may("F_EDIT_EXPIRED") or lookup.is_exempt(data_set, period.name, unit):
        return False
    end = datetime.combine(period.last, time()) + timedelta(days=0 if here.settings.minor <= 39 else 1)
    return here.clock.now() > end + timedelta(days=days)


def is_too_early(here: Instance, data_set: Thing, period: Period) -> bool:
    """Later than the latest open period: with n open future periods that is the current one and n - 1 more."""
    if not here.is_old and float(data_set.get("expiryDays") or 0) < 0:
        return False
    latest = shifted(containing(period.kind, here.clock.today()), int(data_set.get("openFuturePeriods") or 0) - 1)
    return period.first > latest.first


def is_approved(data_set: Thing, period: Period, unit: str) -> bool:
    """Whether the figures are approved; `approved` in the metadata is true or a list of period and org unit."""
    held = data_set.get("approved") or False
    if isinstance(held, list):
        return any(a["period"] == period.name and a.get("orgUnit", unit) == unit for a in held)
    return bool(held)


def input_period(here: Instance, data_set: Thing, period: Period) -> str:
    """`open`, `closed` or `unlisted` among the data input periods; open when the data set has none."""
    held = data_set.get("dataInputPeriods") or []
    if not held:
        return "open"
    mine = [p for p in held if p["period"]["id"] == period.name]
    now = here.clock.now().isoformat()
    if any((p.get("openingDate") or "") <= now <= (p.get("closingDate") or "9999") for p in mine):
        return "open"
    return "closed" if mine else "unlisted"


def is_outside_span(combo: Thing, period: Period) -> bool:
    """Whether a period lies outside the validity of a combination's options."""
    for option in combo.get("categoryOptions", []):
        starts, ends = (option.get("startDate") or "")[:10], (option.get("endDate") or "9999")[:10]
        if not starts <= period.first.isoformat() or not period.last.isoformat() <= ends:
            return True
    return False


def is_outside_units(combo: Thing, unit: str) -> bool:
    """Whether a combination's options are kept for other org units."""
    kept = [o["organisationUnits"] for o in combo.get("categoryOptions", []) if o.get("organisationUnits")]
    return any(unit not in {u["id"] for u in units} for units in kept)


def is_unit_shut(unit: Thing, period: Period) -> bool:
    """Whether a period begins before an org unit opened or after it closed (2.43 and after)."""
    opened, closed = (unit.get("openingDate") or "")[:10], (unit.get("closedDate") or "9999")[:10]
    return not opened <= period.first.isoformat() <= closed


def status(here: Instance, lookup: Lookup, data_set: Thing, period: Period, unit: str) -> str:
    """OPEN, LOCKED or APPROVED, as the data entry call says it."""
    if is_approved(data_set, period, unit):
        return "APPROVED"
    shut = input_period(here, data_set, period) != "open"
    if shut or is_expired(here, lookup, data_set, period, unit) or is_too_early(here, data_set, period):
        return "LOCKED"
    return "OPEN"
