"""A second person signs on the tablet of the first: name chosen, own PIN typed, tries counted as at the door."""

from __future__ import annotations

import asyncio

from appliance.access import staff
from appliance.access.staff import Member
from appliance.core.errors import Refused
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.pages import Ask, state_of, today_of
from appliance.web.staff.auth import try_pin

PIN_FIELD = "pin"


async def signed_by(request: Ask, member: int, pin: str) -> Member:
    """The person, once the PIN is right. Raises `Refused`: "no-such-staff", "pin-wrong", "pin-locked"."""
    async with state_of(request).doors.setdefault(member, asyncio.Lock()):
        found, fault = await try_pin(request, member, pin)
    if found is None:
        raise Refused("no-such-staff", staff=member)
    if fault is not None:
        raise fault
    return found


def may_sign(request: Ask, db: Database, tab: str) -> list[Member]:
    """Those with a PIN who may write on a tab, by name."""
    today, rights = today_of(request), staff.rights(db)
    return [m for m in staff.members(db, today) if m.has_pin and rights.may(tab, "write", m.roles | m.acting, m.id)]


def body_of(form: Form) -> dict[str, list[str]]:
    """What the request's body is compared by: a PIN is no part of it."""
    return {name: values for name, values in form.plain().items() if name != PIN_FIELD}
