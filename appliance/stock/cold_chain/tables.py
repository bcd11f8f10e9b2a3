"""The cold chain as peewee sees it."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class ColdEquipmentRow(Mapped):
    """A fridge, a freezer or a cooler, with the band that is good (tenths of a degree, both ends good)."""

    id = peewee.AutoField()
    name = peewee.TextField()
    kind = peewee.TextField()
    low_tenths = peewee.IntegerField()
    high_tenths = peewee.IntegerField()
    place = peewee.IntegerField(null=True)
    is_active = peewee.IntegerField()
    act = peewee.IntegerField()


class TemperatureReadingRow(Mapped):
    """One reading; the last row of a day and moment counts."""

    id = peewee.AutoField()
    equipment = peewee.IntegerField()
    occurred_on = peewee.TextField()
    moment = peewee.TextField()
    hour = peewee.TextField()
    tenths = peewee.IntegerField()
    low_tenths = peewee.IntegerField()
    high_tenths = peewee.IntegerField()
    is_alarm = peewee.IntegerField()
    measure = peewee.TextField(null=True)
    act = peewee.IntegerField()


class VvmReadingRow(Mapped):
    """The stage (1 to 4) of a lot's vial monitor; the last row counts."""

    id = peewee.AutoField()
    lot = peewee.IntegerField()
    stage = peewee.IntegerField()
    occurred_on = peewee.TextField()
    act = peewee.IntegerField()


class VaccinationSessionRow(Mapped):
    """A vaccination session of a day: fixed, outreach or mobile."""

    id = peewee.AutoField()
    occurred_on = peewee.TextField()
    strategy = peewee.TextField()
    village = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class VaccinationSessionStatusRow(Mapped):
    """Whether a session is planned, was held or is cancelled; the last row counts."""

    id = peewee.AutoField()
    session = peewee.IntegerField()
    status = peewee.TextField()
    act = peewee.IntegerField()


class SessionExpectationRow(Mapped):
    """Children expected of a product at a session, as typed; the last row counts."""

    id = peewee.AutoField()
    session = peewee.IntegerField()
    product = peewee.IntegerField()
    children = peewee.IntegerField()
    act = peewee.IntegerField()


class VialOpeningRow(Mapped):
    """Vials of one lot opened together; `use_until` in ms."""

    id = peewee.AutoField()
    lot = peewee.IntegerField()
    product = peewee.IntegerField()
    session = peewee.IntegerField(null=True)
    vials = peewee.IntegerField()
    doses_per_vial = peewee.IntegerField()
    occurred_on = peewee.TextField()
    opened_at = peewee.IntegerField()
    use_until = peewee.IntegerField()
    movement = peewee.IntegerField()
    act = peewee.IntegerField()


class VialOutcomeRow(Mapped):
    """Doses of an opening given to people, and thrown away with the reason."""

    id = peewee.AutoField()
    opening = peewee.IntegerField()
    given = peewee.IntegerField()
    wasted = peewee.IntegerField()
    reason = peewee.TextField(null=True)
    occurred_on = peewee.TextField()
    act = peewee.IntegerField()


class ColdIncidentRow(Mapped):
    """A broken cold chain and what it destroyed."""

    id = peewee.AutoField()
    number = peewee.IntegerField()
    equipment = peewee.IntegerField(null=True)
    exposure = peewee.TextField()
    note = peewee.TextField()
    committee = peewee.TextField(null=True)
    occurred_on = peewee.TextField()
    act = peewee.IntegerField()


class ColdIncidentLineRow(Mapped):
    """One loss of an incident, by its movement."""

    id = peewee.AutoField()
    incident = peewee.IntegerField()
    movement = peewee.IntegerField()
    act = peewee.IntegerField()
