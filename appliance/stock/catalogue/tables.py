"""The catalogue and its lots as peewee sees them, for lists with changing filters."""

from __future__ import annotations

import peewee


class ProductRow(peewee.Model):
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

    class Meta:
        table_name = "product"


class BalanceRow(peewee.Model):
    """What lies of a lot at a place; the store's triggers write it, nothing else does."""

    lot = peewee.IntegerField()
    place = peewee.IntegerField()
    product = peewee.IntegerField()
    quantity = peewee.IntegerField()
    last_day = peewee.TextField()

    class Meta:
        table_name = "balance"
        primary_key = peewee.CompositeKey("lot", "place")
