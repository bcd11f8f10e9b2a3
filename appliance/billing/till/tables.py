"""Payments as peewee sees them. Whole francs."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class PaymentRow(Mapped):
    """Money taken for a sale; negative when it `reverses` another."""

    id = peewee.AutoField()
    sale = peewee.IntegerField()
    means = peewee.TextField()
    amount_fcfa = peewee.IntegerField()
    occurred_on = peewee.TextField()
    reverses = peewee.IntegerField(null=True)
    act = peewee.IntegerField()
