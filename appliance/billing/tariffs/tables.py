"""Prices as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class PriceRow(Mapped):
    """FCFA for one base unit from a day on; no `payer` is the patient, `is_withdrawn` 1 ends the price."""

    id = peewee.AutoField()
    product = peewee.IntegerField()
    valid_from = peewee.TextField()
    unit_price_fcfa = peewee.IntegerField()
    source = peewee.TextField()
    act = peewee.IntegerField()
    payer = peewee.TextField(null=True)
    is_withdrawn = peewee.IntegerField(null=True)


class ActPriceRow(Mapped):
    """FCFA for one act of care from a day on; no `payer` is the patient, no price ends it."""

    id = peewee.AutoField()
    care_act = peewee.TextField()
    payer = peewee.TextField(null=True)
    valid_from = peewee.TextField()
    unit_price_fcfa = peewee.IntegerField(null=True)
    source = peewee.TextField()
    act = peewee.IntegerField()
