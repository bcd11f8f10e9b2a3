"""The villages as peewee sees them, for lists with changing filters."""

from __future__ import annotations

import peewee


class VillageRow(peewee.Model):
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

    class Meta:
        table_name = "village"


class VillagePopulationRow(peewee.Model):
    """Inhabitants of a village in a year."""

    village = peewee.IntegerField()
    year = peewee.IntegerField()
    population = peewee.IntegerField()
    act = peewee.IntegerField()

    class Meta:
        table_name = "village_population"
        primary_key = peewee.CompositeKey("village", "year")
