"""Places of the centre as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class PlaceRow(Mapped):
    """Where stock lies; the first active one is the depot. Medicines are handed over from those that serve."""

    id = peewee.AutoField()
    code = peewee.TextField()
    name = peewee.TextField()
    is_active = peewee.IntegerField()
    act = peewee.IntegerField()
    kind = peewee.TextField()
    serves = peewee.IntegerField()


class PlaceLevelRow(Mapped):
    """How much of a product a place is filled to, in base units; the last row counts, 0 ends it."""

    id = peewee.AutoField()
    place = peewee.IntegerField()
    product = peewee.IntegerField()
    quantity = peewee.IntegerField()
    act = peewee.IntegerField()


class ServerPlaceRow(Mapped):
    """From where somebody serves; the last row counts."""

    id = peewee.AutoField()
    staff = peewee.IntegerField()
    place = peewee.IntegerField()
    act = peewee.IntegerField()
