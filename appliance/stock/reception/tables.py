"""Receptions as peewee sees them."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class ProofOfDeliveryRow(Mapped):
    """A reception, signed by three."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    number = peewee.TextField()
    supply_order = peewee.IntegerField(null=True)
    shipment = peewee.IntegerField(null=True)
    supplier = peewee.TextField()
    slip = peewee.TextField()
    carrier = peewee.TextField(null=True)
    received_on = peewee.TextField()
    receipt = peewee.IntegerField(null=True)
    head_name = peewee.TextField()
    keeper_name = peewee.TextField()
    asaco_name = peewee.TextField()
    reserves = peewee.TextField(null=True)
    act = peewee.IntegerField()


class ProofOfDeliveryLineRow(Mapped):
    """A lot counted at a reception, in base units."""

    id = peewee.AutoField()
    proof = peewee.IntegerField()
    order_line = peewee.IntegerField(null=True)
    shipment_line = peewee.IntegerField(null=True)
    product = peewee.IntegerField()
    lot_number = peewee.TextField()
    expires_on = peewee.TextField(null=True)
    expiry_precision = peewee.TextField(null=True)
    ordered = peewee.IntegerField(null=True)
    announced = peewee.IntegerField(null=True)
    counted = peewee.IntegerField()
    accepted = peewee.IntegerField()
    refused = peewee.IntegerField()
    surplus = peewee.IntegerField()
    refusal = peewee.TextField(null=True)
    state = peewee.TextField()
    vvm = peewee.IntegerField(null=True)
    temperature_tenths = peewee.IntegerField(null=True)
    unit_cost_fcfa = peewee.IntegerField(null=True)
    remark = peewee.TextField(null=True)
    movement = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class ProofOfDeliveryReversalRow(Mapped):
    """A line of a reception taken back."""

    id = peewee.AutoField()
    line = peewee.IntegerField()
    movement = peewee.IntegerField(null=True)
    reason = peewee.TextField()
    act = peewee.IntegerField()


class ReceptionDraftRow(Mapped):
    """A reception being counted; its row changes."""

    id = peewee.AutoField()
    subject = peewee.TextField()
    version = peewee.IntegerField()
    body = peewee.TextField()
    staff = peewee.IntegerField(null=True)
    started_at = peewee.IntegerField()
    saved_at = peewee.IntegerField()
    act = peewee.IntegerField()
