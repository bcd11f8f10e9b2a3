"""Payers of the centre's own and whom a payer covers, as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class OwnPayerRow(Mapped):
    """A mutuelle or project of the centre's own; the last row of a code counts. `rates` and `number_rule` are JSON."""

    id = peewee.AutoField()
    code = peewee.TextField()
    label = peewee.TextField()
    kind = peewee.TextField()
    rates = peewee.TextField()
    number_rule = peewee.TextField()
    valid_from = peewee.TextField()
    valid_to = peewee.TextField(null=True)
    act = peewee.IntegerField()


class PatientCoverRow(Mapped):
    """A person covered by a payer from a day on; a row that `replaces` another corrects, verifies or ends it."""

    id = peewee.AutoField()
    patient = peewee.IntegerField()
    payer = peewee.TextField()
    replaces = peewee.IntegerField(null=True)
    valid_from = peewee.TextField()
    valid_to = peewee.TextField(null=True)
    verified_on = peewee.TextField(null=True)
    verified_how = peewee.TextField(null=True)
    reason = peewee.TextField(null=True)
    act = peewee.IntegerField()
