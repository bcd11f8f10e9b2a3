"""Sales as peewee sees them. Whole francs."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class SaleRow(Mapped):
    """A sale beside the handing-over it belongs to; `total_fcfa` = `exempt_fcfa` + `due_fcfa`."""

    id = peewee.AutoField()
    number = peewee.IntegerField()
    dispense = peewee.IntegerField(null=True)
    occurred_on = peewee.TextField()
    total_fcfa = peewee.IntegerField()
    exempt_fcfa = peewee.IntegerField()
    due_fcfa = peewee.IntegerField()
    reverses = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class SaleLineRow(Mapped):
    """A line of a sale; `exemption` is the code of the free-care rule."""

    id = peewee.AutoField()
    sale = peewee.IntegerField()
    product = peewee.IntegerField()
    quantity = peewee.IntegerField()
    unit_price_fcfa = peewee.IntegerField()
    amount_fcfa = peewee.IntegerField()
    exemption = peewee.TextField(null=True)
    act = peewee.IntegerField()
