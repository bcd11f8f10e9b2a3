"""Reading payers and covers. The number on a card is identity: whoever may read it asks for it apart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from appliance.billing.payers.editions import (
    default_rounding,
    edition_on,
    number_rule_of,
    rates_of,
)
from appliance.billing.payers.model import CashRounding, Payer, holds_on
from appliance.billing.payers.tables import OwnPayerRow
from appliance.core.datafile import Located
from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.records.patients.lines import survivor
from appliance.storage import Database, settings

ROUNDING = "cash-rounding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """A person covered by a payer: `verified_on` None while the rights were not verified; `number` empty without one."""

    id: int
    patient: int
    payer: str
    valid_from: date
    valid_to: date | None
    verified_on: date | None
    verified_how: str
    number: str

    def holds_on(self, day: date) -> bool:
        """Whether it covers care given on a day."""
        return holds_on(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPayer:
    """A mutuelle or project of the centre's own, between its dates."""

    payer: Payer
    valid_from: date
    valid_to: date | None


def payer_on(db: Database, code: str, day: date) -> Payer | None:
    """A payer on a day, the centre's own before the national one; None when there is none."""
    wanted = fold(code).upper()
    own = own_payers(db).get(wanted)
    if own is not None:
        return own.payer if holds_on(own.valid_from, own.valid_to, day) else None
    try:
        return edition_on(day).payers.get(wanted)
    except Refused:
        return None


def payers_on(db: Database, day: date) -> dict[str, Payer]:
    """Every payer on a day by code, the national ones first."""
    try:
        held = dict(edition_on(day).payers)
    except Refused:
        held = {}
    for code, own in own_payers(db).items():
        held.pop(code, None)
        if holds_on(own.valid_from, own.valid_to, day):
            held[code] = own.payer
    return held


def payer_label(db: Database, code: str, day: date) -> str:
    """What a payer is called; its code when it is in no list of that day."""
    found = payer_on(db, code, day)
    return found.label if found else code


def care_label(care: str, day: date) -> str:
    """What a type of care is called on a day."""
    return edition_on(day).care_types.get(care, care)


def own_payers(db: Database) -> dict[str, OwnPayer]:
    """The centre's own payers by code; the last row of a code counts."""
    found = {}
    for row in db.rows(OwnPayerRow.select().order_by(OwnPayerRow.id)):
        text = f'{{"rates": {row["rates"]}, "number": {row["number_rule"]}}}'
        held = Located(Path(f"own-payer-{row['id']}"), text, json.loads(text))
        since = date.fromisoformat(row["valid_from"])
        care_types = {rate["care"]: "" for rate in held.content["rates"]}
        payer = Payer(
            code=row["code"], label=row["label"], kind=row["kind"], tariff=row["kind"], edition=f"centre-{row['id']}",
            rates=rates_of(held, ("rates",), care_types), number=number_rule_of(held, ("number",)), is_confirmed=True,
        )  # fmt: skip
        found[row["code"]] = OwnPayer(payer=payer, valid_from=since, valid_to=_day(row["valid_to"]))
    return found


_COVER = (
    "SELECT c.id, c.patient, c.payer, c.valid_from, c.valid_to, c.verified_on, c.verified_how, n.number"
    " FROM patient_cover c LEFT JOIN patient_cover_number n ON n.cover = c.id"
)
_STANDS = "NOT EXISTS (SELECT 1 FROM patient_cover r WHERE r.replaces = c.id)"


def cover(db: Database, key: int) -> Cover | None:
    """One row of a cover, whether it still stands or not."""
    row = db.one(f"{_COVER} WHERE c.id = ?", (key,))
    return _cover(row) if row else None


def covers_of(db: Database, patient: int) -> list[Cover]:
    """The covers of a person that stand, those of files merged into this one included, newest first."""
    rows = db.all(
        f"{_COVER} WHERE (c.patient = ? OR c.patient IN (SELECT id FROM patient WHERE merged_into = ?)) AND {_STANDS}"
        " ORDER BY c.valid_from DESC, c.id DESC",
        (patient, patient),
    )
    return [_cover(row) for row in rows]


def cover_on(db: Database, patient: int, day: date) -> Cover | None:
    """The newest cover of a person that holds on a day."""
    found = covers_of(db, survivor(db, patient))
    return next((cover for cover in found if cover.holds_on(day)), None)


def cash_rounding(db: Database) -> CashRounding:
    """How the centre rounds cash."""
    own = settings.get(db, ROUNDING)
    return CashRounding(step_fcfa=own["step_fcfa"], direction=own["direction"]) if own else default_rounding()


def _cover(row: tuple[Any, ...]) -> Cover:
    return Cover(
        id=row[0], patient=row[1], payer=row[2], valid_from=date.fromisoformat(row[3]), valid_to=_day(row[4]),
        verified_on=_day(row[5]), verified_how=row[6] or "", number=row[7] or "",
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
