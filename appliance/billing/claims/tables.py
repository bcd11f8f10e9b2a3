"""Sheets of care, what they are billed in, and what the payers paid, as peewee sees them. Whole francs."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class CareSheetRow(Mapped):
    """What one payer owes for one visit of one person."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    number = peewee.IntegerField()
    payer = peewee.TextField()
    patient = peewee.IntegerField()
    visit = peewee.IntegerField(null=True)
    cover = peewee.IntegerField()
    occurred_on = peewee.TextField()
    act = peewee.IntegerField()


class CareSheetDetailRow(Mapped):
    """What was mended on a sheet: its paper reference, the prescriber, that the posology is written; the last row counts."""

    id = peewee.AutoField()
    sheet = peewee.IntegerField()
    reference = peewee.TextField(null=True)
    prescriber = peewee.TextField(null=True)
    posology = peewee.TextField(null=True)
    act = peewee.IntegerField()


class CareSheetStateRow(Mapped):
    """A state of a sheet from a day on, with what was paid and what was cut, and why."""

    id = peewee.AutoField()
    sheet = peewee.IntegerField()
    state = peewee.TextField()
    batch = peewee.IntegerField(null=True)
    paid_fcfa = peewee.IntegerField()
    cut_fcfa = peewee.IntegerField()
    reason = peewee.TextField(null=True)
    occurred_on = peewee.TextField()
    act = peewee.IntegerField()


class ClaimBatchRow(Mapped):
    """One invoice: one payer, one period."""

    id = peewee.AutoField()
    uuid = peewee.BlobField()
    number = peewee.IntegerField()
    payer = peewee.TextField()
    first_day = peewee.TextField()
    last_day = peewee.TextField()
    billed_on = peewee.TextField()
    act = peewee.IntegerField()


class ClaimBatchSheetRow(Mapped):
    """A sheet as it was billed; `total_fcfa` = `payer_fcfa` + `patient_fcfa`."""

    id = peewee.AutoField()
    batch = peewee.IntegerField()
    sheet = peewee.IntegerField()
    total_fcfa = peewee.IntegerField()
    payer_fcfa = peewee.IntegerField()
    patient_fcfa = peewee.IntegerField()
    act = peewee.IntegerField()


class ClaimReceiptRow(Mapped):
    """Money received for a batch."""

    id = peewee.AutoField()
    batch = peewee.IntegerField()
    amount_fcfa = peewee.IntegerField()
    means = peewee.TextField()
    reference = peewee.TextField(null=True)
    received_on = peewee.TextField()
    act = peewee.IntegerField()
