"""The names of our cells at the counterparty, as last matched, and what a person set by hand over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from appliance.storage import Database, Unit
from appliance.sync.dhis2.book import COMBOS, PULL, Book
from appliance.sync.dhis2.matching import Cell, Match, Target, match, target_of
from appliance.sync.dhis2.tables import Dhis2MappingRow

_Key = tuple[str, str]
NOWHERE = ""
"""The element of a cell that a person sends nowhere on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """A data set as last pulled for a form: its UID, code, name, period type, locks, and when."""

    form: str
    uid: str
    body: dict[str, Any] = field(repr=False)
    etag: str | None
    pulled_at: int

    @property
    def book(self) -> Book:
        """Its elements and combinations."""
        return Book(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One row of the mapping: a cell, where it goes, and who said so ("code" or "person")."""

    code: str
    disaggregation: str
    data_element: str
    category_option_combo: str
    origin: str


def key_of(code: str, disaggregation: Mapping[str, str]) -> _Key:
    """The key under which a cell's targets are kept."""
    return code, msgspec.json.encode(dict(sorted(disaggregation.items()))).decode()


def keep(unit: Unit, form: str, body: dict[str, Any], etag: str | None, cells: Sequence[Cell]) -> Match:
    """Keep a pulled data set and match our cells with it anew; what a person set by hand stays."""
    unit.run(
        "INSERT INTO dhis2_metadata (kind, uid, etag, body, pulled_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (kind, uid) DO UPDATE SET etag = excluded.etag, body = excluded.body, pulled_at = excluded.pulled_at",
        (f"data-set:{form}", body["id"], etag, msgspec.json.encode(body).decode(), unit.now.ms),
    )
    unit.run("DELETE FROM dhis2_metadata WHERE kind = ? AND uid <> ?", (f"data-set:{form}", body["id"]))
    return rematch(unit, form, body, cells)


def with_combos(
    db: Database, form: str, combos: Mapping[str, Any], rows: Sequence[Sequence[Any]]
) -> dict[str, Any] | None:
    """The held set of a form with these combinations told anew, and their ETags; None when none is held."""
    held = pulled(db, form)
    if held is None:
        return None
    how = {**(held.body.get(PULL) or {}), "combos": rows}
    return {**held.body, COMBOS: {**(held.body.get(COMBOS) or {}), **combos}, PULL: how}


def forget(unit: Unit, form: str | None = None) -> None:
    """Forget what was pulled for a form, or for all: another server, or a data set that is not there any more."""
    if form is None:
        unit.run("DELETE FROM dhis2_metadata")
        unit.run("DELETE FROM dhis2_mapping WHERE origin = 'code'")
    else:
        unit.run("DELETE FROM dhis2_metadata WHERE kind = ?", (f"data-set:{form}",))
        unit.run("DELETE FROM dhis2_mapping WHERE form = ? AND origin = 'code'", (form,))


def rematch(unit: Unit, form: str, body: Mapping[str, Any], cells: Sequence[Cell]) -> Match:
    """Match our cells with a data set and replace what was matched by code before."""
    result = match(cells, body)
    unit.run("DELETE FROM dhis2_mapping WHERE form = ? AND origin = 'code'", (form,))
    for index, target in result.targets.items():
        _insert(unit, form, key_of(cells[index].code, cells[index].disaggregation), target, "code")
    unit.note(form=form, mapped=len(result.targets), unmapped=len(result.unmapped))
    return result


def set_by_hand(unit: Unit, form: str, rows: Mapping[_Key, Sequence[Target]]) -> None:
    """Replace what people set by hand for a form; no targets for a cell: it goes nowhere on purpose."""
    unit.run("DELETE FROM dhis2_mapping WHERE form = ? AND origin = 'person'", (form,))
    nowhere = Target(data_element=NOWHERE, category_option_combo="", value_type="", zero_is_significant=False)
    for key, found in rows.items():
        for target in found or (nowhere,):
            # A pair that stood there by code is the person's from now on; the next pull keeps it so.
            unit.run(
                "DELETE FROM dhis2_mapping WHERE form = ? AND code = ? AND disaggregation = ? AND data_element = ?"
                " AND category_option_combo = ?",
                (form, *key, *target.key),
            )
            _insert(unit, form, key, target, "person")
    unit.note(form=form, by_hand=len(rows))


def targets(db: Database, form: str) -> dict[_Key, list[Target]]:
    """Every target by cell; an empty list: nowhere on purpose. Where a person set one by hand, it stands instead of
    those matched by code. Value types are those of the last pull; a pair no longer valid there is left as it was."""
    held = pulled(db, form)
    book = held.book if held else None
    found: dict[_Key, list[Target]] = {}
    by_hand: set[_Key] = set()
    for code, disaggregation, element, combo, value_type, zero, origin in db.all(
        "SELECT code, disaggregation, data_element, category_option_combo, value_type, zero_is_significant, origin"
        " FROM dhis2_mapping WHERE form = ? ORDER BY origin DESC",
        (form,),
    ):
        key = (code, disaggregation)
        if origin == "person":
            by_hand.add(key)
        elif key in by_hand:
            continue
        kept = found.setdefault(key, [])
        if element == NOWHERE:
            continue
        now = book.pair((element, combo)) if book else None
        kept.append(
            target_of(now, combo)
            if now
            else Target(
                data_element=element, category_option_combo=combo, value_type=value_type, zero_is_significant=bool(zero)
            )
        )
    return found


def named(db: Database, form: str) -> list[Named]:
    """The rows of a form's mapping, a person's before those matched by code."""
    names = [getattr(Dhis2MappingRow, name) for name in Named.__dataclass_fields__]
    query = Dhis2MappingRow.select(*names).where(Dhis2MappingRow.form == form)
    order = (Dhis2MappingRow.origin.desc(), Dhis2MappingRow.code, Dhis2MappingRow.disaggregation)
    return [Named(**row) for row in db.rows(query.order_by(*order))]


def pulled(db: Database, form: str) -> Pulled | None:
    """The data set last pulled for a form."""
    row = db.one("SELECT uid, body, etag, pulled_at FROM dhis2_metadata WHERE kind = ?", (f"data-set:{form}",))
    if row is None:
        return None
    return Pulled(form=form, uid=row[0], body=msgspec.json.decode(row[1]), etag=row[2], pulled_at=row[3])


def org_unit(db: Database) -> dict[str, Any] | None:
    """The org unit last pulled: `{"id", "code", "name", …}`."""
    text = db.value("SELECT body FROM dhis2_metadata WHERE kind = 'org-unit'")
    return msgspec.json.decode(text) if text else None


def keep_org_unit(unit: Unit, body: dict[str, Any]) -> None:
    """Keep the org unit under which everything is sent."""
    unit.run("DELETE FROM dhis2_metadata WHERE kind = 'org-unit'")
    unit.run(
        "INSERT INTO dhis2_metadata (kind, uid, etag, body, pulled_at) VALUES ('org-unit', ?, NULL, ?, ?)",
        (body["id"], msgspec.json.encode(body).decode(), unit.now.ms),
    )


def program(db: Database, kind: str) -> dict[str, Any] | None:
    """The event program last pulled for a kind of the outbox."""
    text = db.value("SELECT body FROM dhis2_metadata WHERE kind = ?", (f"program:{kind}",))
    return msgspec.json.decode(text) if text else None


def keep_program(unit: Unit, kind: str, body: dict[str, Any] | None, etag: str | None) -> None:
    """Keep a pulled event program; None: it is not there any more."""
    unit.run("DELETE FROM dhis2_metadata WHERE kind = ?", (f"program:{kind}",))
    if body is not None:
        unit.run(
            "INSERT INTO dhis2_metadata (kind, uid, etag, body, pulled_at) VALUES (?, ?, ?, ?, ?)",
            (f"program:{kind}", body["id"], etag, msgspec.json.encode(body).decode(), unit.now.ms),
        )


def held_program(db: Database, kind: str) -> dict[str, Any]:
    """`{"uid", "etag", "name"}` of the program held for a kind: what a pull that asks for changes only needs."""
    row = db.one(
        "SELECT uid, etag, json_extract(body, '$.code') FROM dhis2_metadata WHERE kind = ?", (f"program:{kind}",)
    )
    return {"uid": row[0], "etag": row[1], "name": row[2]} if row else {}


def _insert(unit: Unit, form: str, key: _Key, target: Target, origin: str) -> None:
    unit.run(
        "INSERT INTO dhis2_mapping (form, code, disaggregation, data_element, category_option_combo, value_type,"
        " zero_is_significant, origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            form, *key, target.data_element, target.category_option_combo, target.value_type,
            int(target.zero_is_significant), origin,
        ),
    )  # fmt: skip
