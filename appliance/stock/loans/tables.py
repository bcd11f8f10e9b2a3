"""Loans as peewee sees them; the quantities stand in the ledger, under the loan's and its returns' events."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class LoanRow(Mapped):
    """One paper by which stock was lent to a neighbour, or borrowed."""

    id = peewee.AutoField()
    event = peewee.IntegerField()
    direction = peewee.TextField()
    due_on = peewee.TextField(null=True)
    act = peewee.IntegerField()


class LoanReturnRow(Mapped):
    """One paper by which a loan was settled, in part or whole."""

    id = peewee.AutoField()
    loan = peewee.IntegerField()
    event = peewee.IntegerField()
    act = peewee.IntegerField()


class LoanClosureRow(Mapped):
    """A loan of which nobody waits for the rest any more, and why."""

    id = peewee.AutoField()
    loan = peewee.IntegerField()
    reason = peewee.TextField()
    act = peewee.IntegerField()
