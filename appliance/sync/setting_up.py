"""What a technician does to the link, from the page or the command line: set it, test it, map cells by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from appliance.core.errors import Refused
from appliance.reports.form import CODES
from appliance.storage import Database, Unit
from appliance.sync import link as links
from appliance.sync.dhis2 import mapping
from appliance.sync.dhis2.mapping_file import HEAD, Forms, file_name, parse_mapping, write_mapping
from appliance.sync.dhis2.matching import Cell

CellsOf = Callable[[Database, str], list[Cell]]


def linked(db: Database, given: Mapping[str, Any]) -> links.Link:
    """The link with what was given over what is held.

    Keys, each may be left out: base_url, username, password, token, org_unit, data_sets and attribute_combos (by form
    code). Secrets go with their address: another server asks for them again. A token given puts the account away and
    the other way round. Raises `Refused` ("no-such-form", "link-url", "link-credentials").
    """
    held = links.get(db)
    url = links.checked_url(str(given.get("base_url") or (held.base_url if held else "")))
    kept = held if held and held.base_url == url else None
    user = str(given.get("username") or "").strip()
    password, token = str(given.get("password") or ""), str(given.get("token") or "").strip()
    if not (user or password or token) and kept:
        user, password, token = kept.username, kept.password, kept.token
    elif not token:
        user = user or (kept.username if kept else "")
        password = password or (kept.password if kept and kept.username == user else "")
    else:
        user = password = ""
    sets = {code: code for code in CODES} | (held.data_sets if held else {})
    combos = dict(held.attribute_combos) if held else {}
    for chosen, into in ((given.get("data_sets"), sets), (given.get("attribute_combos"), combos)):
        for code, name in (chosen or {}).items():
            if code not in CODES:
                raise Refused("no-such-form", form=str(code)[:20])
            into[code] = str(name).strip()
    org_unit = given.get("org_unit")
    return links.Link(
        base_url=url, username=user, password=password, token=token,
        org_unit=str(org_unit).strip() if org_unit is not None else (held.org_unit if held else ""),
        data_sets={code: name or code for code, name in sets.items()}, attribute_combos=combos,
    )  # fmt: skip


def wanted_test(unit: Unit) -> None:
    """Ask for a test of the link. Raises `Refused("no-link")`."""
    if links.get(unit) is None:
        raise Refused("no-link")
    links.ask_test(unit)


def take_mapping(unit: Unit, text: str, file: str, cells_of: CellsOf) -> dict[str, int]:
    """Replace the hand-made mapping by a file's; returns how many cells it names, by form. Raises `DataFileError`."""
    books = {code: p.book for code in CODES if (p := mapping.pulled(unit, code))}
    forms = Forms(cells={code: cells_of(unit, code) for code in CODES}, books=books)
    found = parse_mapping(text, file_name(file), forms)
    for code, rows in found.items():
        mapping.set_by_hand(unit, code, rows)
        if held := mapping.pulled(unit, code):
            mapping.rematch(unit, code, held.body, forms.cells[code])
    _compose_anew(unit)
    return {code: len(rows) for code, rows in found.items()}


def mapping_text(db: Database, cells_of: CellsOf) -> str:
    """The whole mapping as a file to be filled in and taken back."""
    parts = []
    for code in CODES:
        held = mapping.pulled(db, code)
        parts.append(write_mapping(code, cells_of(db, code), mapping.named(db, code), held.book if held else None))
    return HEAD + "".join(parts)


def _compose_anew(unit: Unit) -> None:
    """What waits or stands before a person goes under the new names; what was sent stays kept as proof."""
    unit.run("UPDATE outbox SET payload = NULL, payload_hash = NULL WHERE state IN ('waiting', 'held', 'refused')")
