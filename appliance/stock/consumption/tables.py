"""Consumption from before the appliance, as peewee sees it."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class PaperConsumptionRow(Mapped):
    """What a month consumed by the paper registers, in base units; the last row of a month counts."""

    id = peewee.AutoField()
    product = peewee.IntegerField()
    month = peewee.TextField()
    quantity = peewee.IntegerField()
    act = peewee.IntegerField()


class MonthExclusionRow(Mapped):
    """A month that a named person set aside (`is_excluded` 1) or took back (0); the last row of a month counts."""

    id = peewee.AutoField()
    product = peewee.IntegerField()
    month = peewee.TextField()
    is_excluded = peewee.IntegerField()
    reason = peewee.TextField()
    act = peewee.IntegerField()
