"""Orders and shipments as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class SupplyOrderRow(Mapped):
    """An order: proposed by the supplier (push) or written by us (pull)."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    number = peewee.TextField()
    reference = peewee.TextField(null=True)
    supplier = peewee.TextField()
    programme = peewee.TextField(null=True)
    kind = peewee.TextField()
    model = peewee.TextField()
    ordered_on = peewee.TextField()
    answer_by = peewee.TextField(null=True)
    expected_on = peewee.TextField(null=True)
    document = peewee.IntegerField(null=True)
    supersedes = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class SupplyOrderLineRow(Mapped):
    """A line of an order as the form says it."""

    id = peewee.AutoField()
    supply_order = peewee.IntegerField()
    rank = peewee.IntegerField()
    label_written = peewee.TextField(null=True)
    code_written = peewee.TextField(null=True)
    quantity_written = peewee.IntegerField(null=True)
    written_in = peewee.TextField()
    pack_units = peewee.IntegerField(null=True)
    pack_price_fcfa = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class SupplyOrderMatchRow(Mapped):
    """Which product of ours a written line is; the last row counts."""

    id = peewee.AutoField()
    line = peewee.IntegerField()
    product = peewee.IntegerField()
    act = peewee.IntegerField()


class SupplyOrderFigureRow(Mapped):
    """A quantity of a line at a step, in base units; the last row of a step counts."""

    id = peewee.AutoField()
    line = peewee.IntegerField()
    step = peewee.TextField()
    quantity = peewee.IntegerField(null=True)
    working = peewee.TextField(null=True)
    reason = peewee.TextField(null=True)
    note = peewee.TextField(null=True)
    act = peewee.IntegerField()


class SupplyOrderStatusRow(Mapped):
    """A state that an order came into, by whom and when; the last row counts."""

    id = peewee.AutoField()
    supply_order = peewee.IntegerField()
    state = peewee.TextField()
    staff = peewee.IntegerField(null=True)
    occurred_on = peewee.TextField()
    way = peewee.TextField(null=True)
    recipient = peewee.TextField(null=True)
    reason = peewee.TextField(null=True)
    act = peewee.IntegerField()


class ShipmentRow(Mapped):
    """A delivery note."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    supply_order = peewee.IntegerField(null=True)
    number = peewee.TextField()
    supplier = peewee.TextField()
    carrier = peewee.TextField(null=True)
    shipped_on = peewee.TextField(null=True)
    expected_on = peewee.TextField(null=True)
    origin = peewee.TextField()
    document = peewee.IntegerField(null=True)
    supersedes = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class ShipmentLineRow(Mapped):
    """A lot announced by a delivery note, in base units."""

    id = peewee.AutoField()
    shipment = peewee.IntegerField()
    rank = peewee.IntegerField()
    order_line = peewee.IntegerField(null=True)
    product = peewee.IntegerField(null=True)
    label_written = peewee.TextField(null=True)
    code_written = peewee.TextField(null=True)
    lot_number = peewee.TextField(null=True)
    expires_on = peewee.TextField(null=True)
    expiry_precision = peewee.TextField(null=True)
    announced = peewee.IntegerField()
    unit_cost_fcfa = peewee.IntegerField(null=True)
    act = peewee.IntegerField()
