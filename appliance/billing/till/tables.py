"""Tills, their sessions and payments as peewee sees them. Whole francs."""

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
    session = peewee.IntegerField(null=True)
    operator = peewee.TextField(null=True)
    reference = peewee.TextField(null=True)


class TillRow(Mapped):
    """A drawer: a person's own, the appliance's (staff 0), or one of the centre."""

    id = peewee.AutoField()
    name = peewee.TextField()
    staff = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class TillSessionRow(Mapped):
    """A drawer kept by one person from its opening to its closing."""

    id = peewee.AutoField()
    till = peewee.IntegerField()
    staff = peewee.IntegerField(null=True)
    opened_on = peewee.TextField()
    carried_fcfa = peewee.IntegerField()
    is_by_itself = peewee.IntegerField()
    act = peewee.IntegerField()


class TillOpenRow(Mapped):
    """Which sessions are open; the store's triggers keep it."""

    keeper = peewee.AutoField()
    till = peewee.IntegerField()
    session = peewee.IntegerField()


class TillCountRow(Mapped):
    """A drawer counted, and what its rows said at that moment."""

    id = peewee.AutoField()
    session = peewee.IntegerField()
    kind = peewee.TextField()
    expected_fcfa = peewee.IntegerField()
    counted_fcfa = peewee.IntegerField()
    act = peewee.IntegerField()


class TillCountLineRow(Mapped):
    """So many pieces of one denomination."""

    id = peewee.AutoField()
    count = peewee.IntegerField()
    coin_fcfa = peewee.IntegerField()
    pieces = peewee.IntegerField()
    act = peewee.IntegerField()


class TillClosingRow(Mapped):
    """How a session ended; `left_fcfa` stays in the drawer for the next."""

    id = peewee.AutoField()
    session = peewee.IntegerField()
    count = peewee.IntegerField()
    closed_on = peewee.TextField()
    expected_fcfa = peewee.IntegerField()
    counted_fcfa = peewee.IntegerField()
    variance_fcfa = peewee.IntegerField()
    reason = peewee.TextField(null=True)
    left_fcfa = peewee.IntegerField()
    act = peewee.IntegerField()


class TillHandoverRow(Mapped):
    """Money handed over, to the treasurer's box or into another till."""

    id = peewee.AutoField()
    number = peewee.IntegerField()
    session = peewee.IntegerField()
    receiver = peewee.IntegerField()
    receiver_session = peewee.IntegerField(null=True)
    amount_fcfa = peewee.IntegerField()
    occurred_on = peewee.TextField()
    act = peewee.IntegerField()
