"""What the exchange with MEDEXIS remembers, as peewee sees it."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class ProductAliasRow(Mapped):
    """Which product a sender means by a code, a name and a pack; all three folded."""

    id = peewee.AutoField()
    sender = peewee.TextField()
    code = peewee.TextField()
    name = peewee.TextField()
    pack = peewee.TextField()
    product = peewee.IntegerField(null=True)
    act = peewee.IntegerField()


class EventUidRow(Mapped):
    """The identifier of one of our records at the counterparty; `part` tells the lines of one record apart."""

    id = peewee.AutoField()
    uid = peewee.TextField()
    kind = peewee.TextField()
    subject = peewee.TextField()
    part = peewee.TextField()
    act = peewee.IntegerField()
