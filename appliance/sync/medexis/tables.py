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
