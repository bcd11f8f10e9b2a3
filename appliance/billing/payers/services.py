"""Writing covers, the centre's own payers and how cash is rounded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from appliance.billing.payers.editions import STEPS, edition_on
from appliance.billing.payers.model import BASIS, DIRECTIONS, NumberRule
from appliance.billing.payers.numbers import clean_number
from appliance.billing.payers.repository import ROUNDING, cover, payer_on
from appliance.core.errors import Refused
from appliance.core.french import fold, one_line
from appliance.records.patients.lines import survivor
from appliance.storage import ConstraintFailed, Unit, settings

TEXT_MAX = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverForm:
    """A cover as the card or the list says it. `verified_on` None: rights not verified, which never stops care."""

    patient: int
    payer: str
    number: str = ""
    valid_from: date
    valid_to: date | None = None
    verified_on: date | None = None
    verified_how: str = ""


def record_cover(unit: Unit, form: CoverForm, *, replaces: int | None = None, reason: str = "") -> int:
    """Note that a payer covers a person, or correct, verify or end what was noted; returns the row's id.

    Raises `Refused`: "payer-unknown", "cover-days", "date-ahead" (verified after today), those of `clean_number`,
    "no-such-patient", "no-such-cover", "already-replaced", "reason-needed" (three letters, for what replaces another).
    """
    patient = survivor(unit, form.patient)
    if not unit.value("SELECT 1 FROM patient WHERE id = ?", (patient,)):
        raise Refused("no-such-patient", patient=patient)
    payer = payer_on(unit, form.payer, form.valid_from)
    if payer is None:
        raise Refused("payer-unknown", payer=form.payer[:40], on=form.valid_from.isoformat())
    if form.valid_to is not None and form.valid_to < form.valid_from:
        raise Refused("cover-days")
    if form.verified_on is not None and form.verified_on > unit.today:
        raise Refused("date-ahead")
    number = clean_number(form.number, payer.number)
    if replaces is not None:
        held = cover(unit, replaces)
        if held is None or survivor(unit, held.patient) != patient:
            raise Refused("no-such-cover", cover=replaces)
        if len(reason.strip()) < 3:
            raise Refused("reason-needed", kind="cover")
    try:
        made = unit.append(
            "patient_cover", patient=patient, payer=payer.code, replaces=replaces, valid_from=form.valid_from.isoformat(),
            valid_to=form.valid_to.isoformat() if form.valid_to else None,
            verified_on=form.verified_on.isoformat() if form.verified_on else None,
            verified_how=one_line(form.verified_how)[:TEXT_MAX] or None, reason=one_line(reason)[:TEXT_MAX] or None,
        )  # fmt: skip
    except ConstraintFailed as fault:
        raise Refused("already-replaced", cover=replaces) from fault
    if number is not None:
        unit.insert("patient_cover_number", cover=made, patient=patient, number=number, act=unit.act)
    unit.note(patient=patient, cover=made)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPayerForm:
    """A mutuelle or project of the centre's own. `rates`: hundredths of a percent by type of care."""

    code: str
    label: str
    kind: str
    rates: dict[str, int]
    number: NumberRule
    valid_from: date
    valid_to: date | None = None


def save_own_payer(unit: Unit, form: OwnPayerForm) -> int:
    """Enter a payer of the centre's own, or its newer terms under the same code; returns the row's id.

    Raises `Refused`: "own-payer-name" (code of 2 to 30 letters, label of 2 to 80), "own-payer-national" (the code is in
    the national list), "own-payer-rates" (none, of an unknown care or out of 0 to 100 %), "cover-days".
    """
    code, label = fold(form.code).upper().replace(" ", "-"), one_line(form.label)
    if not 2 <= len(code) <= 30 or not 2 <= len(label) <= TEXT_MAX or form.kind not in ("mutuelle", "projet"):
        raise Refused("own-payer-name")
    edition = edition_on(unit.today)
    if code in edition.payers:
        raise Refused("own-payer-national", payer=code)
    if (
        not form.rates
        or set(form.rates) - set(edition.care_types)
        or any(not 0 <= r <= BASIS for r in form.rates.values())
    ):
        raise Refused("own-payer-rates")
    if form.valid_to is not None and form.valid_to < form.valid_from:
        raise Refused("cover-days")
    percent = BASIS // 100
    rates = [{"care": care, "percent": f"{rate // percent}.{rate % percent:02d}"} for care, rate in form.rates.items()]
    rule = {
        "required": form.number.required, "rule": form.number.rule, "root": form.number.root,
        "length_min": form.number.length_min, "length_max": form.number.length_max,
    }  # fmt: skip
    return unit.append(
        "own_payer", code=code, label=label, kind=form.kind, rates=json.dumps(rates), number_rule=json.dumps(rule),
        valid_from=form.valid_from.isoformat(), valid_to=form.valid_to.isoformat() if form.valid_to else None,
    )  # fmt: skip


def set_cash_rounding(unit: Unit, step_fcfa: int, direction: str) -> None:
    """Set how the centre rounds what is paid in cash; raises `Refused("cash-rounding")`."""
    if step_fcfa not in STEPS or direction not in DIRECTIONS:
        raise Refused("cash-rounding")
    settings.put(unit, ROUNDING, {"step_fcfa": step_fcfa, "direction": direction})
