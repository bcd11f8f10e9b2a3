"""What was handed over and what could not be, as peewee sees it."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class DispenseRow(Mapped):
    """A handing-over; one that `reverses` another takes it back."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    prescription = peewee.IntegerField(null=True)
    patient = peewee.IntegerField(null=True)
    place = peewee.IntegerField()
    occurred_on = peewee.TextField()
    reverses = peewee.IntegerField(null=True)
    reason = peewee.TextField(null=True)
    act = peewee.IntegerField()


class UnmetDemandRow(Mapped):
    """Asked for and not given, in base units, with its cause; negative only when it reverses."""

    id = peewee.AutoField()
    product = peewee.IntegerField()
    prescription_line = peewee.IntegerField(null=True)
    dispense = peewee.IntegerField(null=True)
    quantity = peewee.IntegerField()
    cause = peewee.TextField()
    substituted_by = peewee.IntegerField(null=True)
    occurred_on = peewee.TextField()
    reverses = peewee.IntegerField(null=True)
    act = peewee.IntegerField()
