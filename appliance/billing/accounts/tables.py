"""The cash book as peewee sees it. Whole francs."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class AccountEntryRow(Mapped):
    """A franc that moved from the account credited to the account debited."""

    id = peewee.AutoField()
    kind = peewee.TextField()
    occurred_on = peewee.TextField()
    debit = peewee.TextField()
    credit = peewee.TextField()
    amount_fcfa = peewee.IntegerField()
    session = peewee.IntegerField(null=True)
    expense = peewee.IntegerField(null=True)
    document = peewee.TextField(null=True)
    note = peewee.TextField(null=True)
    reverses = peewee.IntegerField(null=True)
    act = peewee.IntegerField()
