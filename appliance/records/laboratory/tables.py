"""The laboratory's orders and results as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class LabOrderRow(Mapped):
    """A test that was asked for; `test` is a code of the centre's list."""

    id = peewee.AutoField()
    visit = peewee.IntegerField()
    test = peewee.TextField()
    act = peewee.IntegerField()


class LabResultRow(Mapped):
    """What was found, in thousandths of `unit`; a correction `replaces` the one before and says why."""

    id = peewee.AutoField()
    lab_order = peewee.IntegerField()
    replaces = peewee.IntegerField(null=True)
    reason = peewee.TextField(null=True)
    outcome = peewee.TextField()
    value_milli = peewee.IntegerField(null=True)
    unit = peewee.TextField(null=True)
    note = peewee.TextField(null=True)
    act = peewee.IntegerField()
