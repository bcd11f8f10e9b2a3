"""Sales as peewee sees them. Whole francs."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class SaleRow(Mapped):
    """A sale, beside the handing-over it belongs to where it has one; `total_fcfa` = `exempt_fcfa` + `payer_fcfa` + `due_fcfa`."""

    id = peewee.AutoField()
    number = peewee.IntegerField()
    dispense = peewee.IntegerField(null=True)
    occurred_on = peewee.TextField()
    total_fcfa = peewee.IntegerField()
    exempt_fcfa = peewee.IntegerField()
    due_fcfa = peewee.IntegerField()
    reverses = peewee.IntegerField(null=True)
    act = peewee.IntegerField()
    payer_fcfa = peewee.IntegerField(null=True)
    visit = peewee.IntegerField(null=True)
    patient = peewee.IntegerField(null=True)


class SaleLineRow(Mapped):
    """A line of a sale; `exemption` is the code of the free-care rule."""

    id = peewee.AutoField()
    sale = peewee.IntegerField()
    product = peewee.IntegerField()
    quantity = peewee.IntegerField()
    unit_price_fcfa = peewee.IntegerField()
    amount_fcfa = peewee.IntegerField()
    exemption = peewee.TextField(null=True)
    act = peewee.IntegerField()


class SaleActRow(Mapped):
    """An act of care that a sale charges; `exemption` is the code of the free-care rule."""

    id = peewee.AutoField()
    sale = peewee.IntegerField()
    care_act = peewee.TextField()
    quantity = peewee.IntegerField()
    unit_price_fcfa = peewee.IntegerField()
    amount_fcfa = peewee.IntegerField()
    exemption = peewee.TextField(null=True)
    visit = peewee.IntegerField(null=True)
    lab_order = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class SaleShareRow(Mapped):
    """What somebody else than the patient bears of a sale; `base_fcfa` = `amount_fcfa` + `patient_fcfa`."""

    id = peewee.AutoField()
    sale = peewee.IntegerField()
    kind = peewee.TextField()
    payer = peewee.TextField()
    care_type = peewee.TextField()
    base_fcfa = peewee.IntegerField()
    amount_fcfa = peewee.IntegerField()
    patient_fcfa = peewee.IntegerField()
    rule = peewee.TextField(null=True)
    reason = peewee.TextField(null=True)
    authorised_by = peewee.IntegerField(null=True)
    sheet = peewee.IntegerField(null=True)
    reverses = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class SaleRoundingRow(Mapped):
    """What cash could not pay to the franc when a sale was settled."""

    id = peewee.AutoField()
    sale = peewee.IntegerField()
    amount_fcfa = peewee.IntegerField()
    rule = peewee.TextField()
    occurred_on = peewee.TextField()
    reverses = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class ReceiptPrintRow(Mapped):
    """A printing of a receipt, and whether it bears that it is a copy."""

    id = peewee.AutoField()
    sale = peewee.IntegerField()
    paper = peewee.TextField()
    is_copy = peewee.IntegerField()
    act = peewee.IntegerField()
