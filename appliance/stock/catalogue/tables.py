"""The catalogue as peewee sees it."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class ProductRow(Mapped):
    """A product; quantities of it everywhere are in `base_unit`."""

    id = peewee.AutoField()
    code = peewee.TextField()
    name = peewee.TextField()
    form = peewee.TextField()
    strength = peewee.TextField()
    folded = peewee.TextField()
    base_unit = peewee.TextField()
    pack_label = peewee.TextField()
    pack_units = peewee.IntegerField()
    programme = peewee.TextField()
    tracer = peewee.TextField()
    ven = peewee.TextField()
    cold_chain = peewee.IntegerField()
    price_regime = peewee.TextField()
    supplier = peewee.TextField(null=True)
    national_code = peewee.TextField(null=True)
    min_months = peewee.TextField(null=True)
    max_months = peewee.TextField(null=True)
    source = peewee.TextField()
    is_active = peewee.IntegerField()
    act = peewee.IntegerField()
