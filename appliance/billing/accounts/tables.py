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


class AccountDayRow(Mapped):
    """What an account took less what it gave on a day; the store's triggers write it, nothing else does."""

    account = peewee.TextField()
    day = peewee.TextField()
    amount_fcfa = peewee.IntegerField()
    rows = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("account", "day")


class ExpenseRow(Mapped):
    """An expense as it was asked for; paid when an entry of the cash book names it."""

    id = peewee.AutoField()
    number = peewee.IntegerField()
    account = peewee.TextField()
    amount_fcfa = peewee.IntegerField()
    document = peewee.TextField(null=True)
    purpose = peewee.TextField()
    occurred_on = peewee.TextField()
    needs_approval = peewee.IntegerField()
    act = peewee.IntegerField()


class ExpenseApprovalRow(Mapped):
    """The treasurer's or the president's word on an expense; the last of each counts."""

    id = peewee.AutoField()
    expense = peewee.IntegerField()
    role = peewee.TextField()
    is_approved = peewee.IntegerField()
    reason = peewee.TextField(null=True)
    staff = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class BudgetLineRow(Mapped):
    """What a year's budget gives an account; the last row counts."""

    id = peewee.AutoField()
    year = peewee.IntegerField()
    account = peewee.TextField()
    amount_fcfa = peewee.IntegerField()
    act = peewee.IntegerField()


class BankStatementRow(Mapped):
    """The balance that the bank, or an operator, says."""

    id = peewee.AutoField()
    account = peewee.TextField()
    stated_on = peewee.TextField()
    balance_fcfa = peewee.IntegerField()
    document = peewee.TextField(null=True)
    act = peewee.IntegerField()


class BankClearedRow(Mapped):
    """A row of our books that stands on a statement."""

    id = peewee.AutoField()
    statement = peewee.IntegerField()
    entry = peewee.IntegerField(null=True)
    payment = peewee.IntegerField(null=True)
    claim_receipt = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class AsacoStatementRow(Mapped):
    """The frozen statement of a month."""

    id = peewee.AutoField()
    month = peewee.TextField()
    figures = peewee.TextField()
    hash = peewee.BlobField()
    act = peewee.IntegerField()


class AsacoSignatureRow(Mapped):
    """Who signed a statement, and in which function."""

    id = peewee.AutoField()
    statement = peewee.IntegerField()
    role = peewee.TextField()
    staff = peewee.IntegerField()
    act = peewee.IntegerField()
