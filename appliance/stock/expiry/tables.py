"""Destructions of expired stock, as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class DestructionRow(Mapped):
    """One destruction before a committee."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    number = peewee.IntegerField()
    occurred_on = peewee.TextField()
    destination = peewee.TextField()
    note = peewee.TextField(null=True)
    act = peewee.IntegerField()


class DestructionMemberRow(Mapped):
    """A person of the committee and in what quality."""

    id = peewee.AutoField()
    destruction = peewee.IntegerField()
    name = peewee.TextField()
    title = peewee.TextField()
    act = peewee.IntegerField()


class DestructionLineRow(Mapped):
    """A lot that was destroyed, in base units."""

    id = peewee.AutoField()
    destruction = peewee.IntegerField()
    lot = peewee.IntegerField()
    place = peewee.IntegerField()
    quantity = peewee.IntegerField()
    cause = peewee.TextField()
    unit_cost_fcfa = peewee.IntegerField(null=True)
    value_fcfa = peewee.IntegerField(null=True)
    movement = peewee.IntegerField()
    act = peewee.IntegerField()
