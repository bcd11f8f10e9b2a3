"""Counts, their lines and results, as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class ProductShelfRow(Mapped):
    """On which shelf of a place a product stands; the last row counts, '' is no shelf."""

    id = peewee.AutoField()
    place = peewee.IntegerField()
    product = peewee.IntegerField()
    shelf = peewee.TextField()
    act = peewee.IntegerField()


class StockCountRow(Mapped):
    """A count as it was opened."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    number = peewee.IntegerField()
    place = peewee.IntegerField()
    scope = peewee.TextField()
    shelf = peewee.TextField(null=True)
    is_blind = peewee.IntegerField()
    opened_on = peewee.TextField()
    at_movement = peewee.IntegerField()
    act = peewee.IntegerField()


class StockCountProductRow(Mapped):
    """A product that a count is about, when it is not full."""

    id = peewee.AutoField()
    stock_count = peewee.IntegerField()
    product = peewee.IntegerField()
    act = peewee.IntegerField()


class StockCountStatusRow(Mapped):
    """What became of a count; the last row counts."""

    id = peewee.AutoField()
    stock_count = peewee.IntegerField()
    status = peewee.TextField()
    round = peewee.IntegerField()
    note = peewee.TextField(null=True)
    act = peewee.IntegerField()


class CountLineRow(Mapped):
    """One typing of one lot, with the last movement that the ledger held then."""

    id = peewee.AutoField()
    stock_count = peewee.IntegerField()
    lot = peewee.IntegerField()
    round = peewee.IntegerField()
    quantity = peewee.IntegerField()
    at_movement = peewee.IntegerField()
    counted_on = peewee.TextField()
    counted_by = peewee.IntegerField()
    is_found = peewee.IntegerField()
    act = peewee.IntegerField()


class CountAgainRow(Mapped):
    """A lot to count again in a round."""

    id = peewee.AutoField()
    stock_count = peewee.IntegerField()
    lot = peewee.IntegerField()
    round = peewee.IntegerField()
    why = peewee.TextField()
    act = peewee.IntegerField()


class CountResultRow(Mapped):
    """What a finalised count found of a lot."""

    id = peewee.AutoField()
    stock_count = peewee.IntegerField()
    lot = peewee.IntegerField()
    place = peewee.IntegerField()
    line = peewee.IntegerField()
    ledger = peewee.IntegerField()
    counted = peewee.IntegerField()
    variance = peewee.IntegerField()
    unit_cost_fcfa = peewee.IntegerField(null=True)
    value_fcfa = peewee.IntegerField(null=True)
    reason = peewee.TextField(null=True)
    note = peewee.TextField(null=True)
    counted_on = peewee.TextField()
    at_movement = peewee.IntegerField()
    movement = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class CountLeftRow(Mapped):
    """A lot that a finalised count left uncounted."""

    id = peewee.AutoField()
    stock_count = peewee.IntegerField()
    lot = peewee.IntegerField()
    act = peewee.IntegerField()
