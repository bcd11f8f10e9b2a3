"""The villages as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class VillageRow(Mapped):
    """A village of the area (`in_area` 1) or outside it."""

    id = peewee.AutoField()
    name = peewee.TextField()
    folded = peewee.TextField()
    in_area = peewee.IntegerField()
    distance_km = peewee.IntegerField(null=True)
    relais = peewee.TextField(null=True)
    relais_phone = peewee.TextField(null=True)
    is_active = peewee.IntegerField()
    act = peewee.IntegerField()


class VillagePopulationRow(Mapped):
    """Inhabitants of a village in a year."""

    village = peewee.IntegerField()
    year = peewee.IntegerField()
    population = peewee.IntegerField()
    act = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("village", "year")
