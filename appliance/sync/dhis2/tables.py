"""What DHIS2 calls things, as peewee sees it."""

from __future__ import annotations

import peewee

from appliance.storage.mapping import Mapped


class Dhis2MetadataRow(Mapped):
    """Its metadata as last pulled; `body` is JSON, `pulled_at` in milliseconds UTC."""

    kind = peewee.TextField()
    uid = peewee.TextField()
    etag = peewee.TextField(null=True)
    body = peewee.TextField()
    pulled_at = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("kind", "uid")


class Dhis2MappingRow(Mapped):
    """Our cell's name there; `origin` says whether codes matched or a person chose."""

    form = peewee.TextField()
    code = peewee.TextField()
    disaggregation = peewee.TextField()
    data_element = peewee.TextField()
    category_option_combo = peewee.TextField()
    value_type = peewee.TextField()
    zero_is_significant = peewee.IntegerField()
    origin = peewee.TextField()

    class Meta:
        primary_key = peewee.CompositeKey("form", "code", "disaggregation", "data_element", "category_option_combo")
