"""The packs as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class PackagingRow(Mapped):
    """A pack of a product; the last row of a GTIN counts, a withdrawn one tells that the GTIN names nothing here."""

    id = peewee.AutoField()
    product = peewee.IntegerField()
    label = peewee.TextField()
    base_units = peewee.IntegerField()
    gtin = peewee.TextField(null=True)
    order_multiple = peewee.IntegerField()
    is_withdrawn = peewee.IntegerField()
    act = peewee.IntegerField()
