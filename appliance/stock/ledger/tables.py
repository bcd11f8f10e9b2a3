"""Lots, movements and what the store's triggers keep of them, as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class LotRow(Mapped):
    """A lot; `expires_on` is its last usable day."""

    id = peewee.AutoField()
    product = peewee.IntegerField()
    number = peewee.TextField()
    expires_on = peewee.TextField()
    expiry_precision = peewee.TextField()
    funder = peewee.TextField(null=True)
    status = peewee.TextField()
    act = peewee.IntegerField()


class LotStatusRow(Mapped):
    """What a lot's status was from a day on."""

    id = peewee.AutoField()
    lot = peewee.IntegerField()
    status = peewee.TextField()
    reason = peewee.TextField()
    occurred_on = peewee.TextField()
    act = peewee.IntegerField()


class ReceiptRow(Mapped):
    """A delivery that came in."""

    id = peewee.AutoField()
    number = peewee.TextField()
    supplier = peewee.TextField()
    occurred_on = peewee.TextField()
    act = peewee.IntegerField()


class MovementRow(Mapped):
    """A line of the ledger, in signed base units; `report_column` says where the month counts it."""

    id = peewee.AutoField()
    product = peewee.IntegerField()
    lot = peewee.IntegerField()
    place = peewee.IntegerField()
    kind = peewee.TextField()
    report_column = peewee.TextField()
    quantity = peewee.IntegerField()
    occurred_on = peewee.TextField()
    dispense = peewee.IntegerField(null=True)
    prescription_line = peewee.IntegerField(null=True)
    receipt = peewee.IntegerField(null=True)
    reason = peewee.TextField(null=True)
    unit_cost_fcfa = peewee.IntegerField(null=True)
    is_campaign = peewee.IntegerField()
    reverses = peewee.IntegerField(null=True)
    act = peewee.IntegerField()
    event = peewee.IntegerField(null=True)


class StockEventRow(Mapped):
    """One paper of the depot: why its rows of the ledger were written, with what evidence."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    number = peewee.IntegerField()
    reason = peewee.TextField()
    place = peewee.IntegerField()
    to_place = peewee.IntegerField(null=True)
    counterpart = peewee.TextField(null=True)
    document_number = peewee.TextField(null=True)
    witness = peewee.TextField(null=True)
    note = peewee.TextField(null=True)
    occurred_on = peewee.TextField()
    act = peewee.IntegerField()


class BalanceRow(Mapped):
    """What lies of a lot at a place; the store's triggers write it, nothing else does."""

    lot = peewee.IntegerField()
    place = peewee.IntegerField()
    product = peewee.IntegerField()
    quantity = peewee.IntegerField()
    last_day = peewee.TextField()

    class Meta:
        primary_key = peewee.CompositeKey("lot", "place")


class StockDayRow(Mapped):
    """Movements of a lot by day and report column, summed; the store's triggers write it."""

    product = peewee.IntegerField()
    day = peewee.TextField()
    lot = peewee.IntegerField()
    report_column = peewee.TextField()
    is_campaign = peewee.IntegerField()
    quantity = peewee.IntegerField()
    rows = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("product", "day", "lot", "report_column", "is_campaign")


class StockPeriodRow(Mapped):
    """A month whose ledger takes no more rows; closing it is the reports' use case."""

    month = peewee.TextField(primary_key=True)
    act = peewee.IntegerField()
