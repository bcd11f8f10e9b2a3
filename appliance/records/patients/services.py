"""Registering, correcting, merging and carding patients."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from appliance.core.errors import Refused
from appliance.core.french import has_mixed_letters
from appliance.core.identifiers import RandomBytes, card_code, is_valid_code, new_uuid, normalise_code
from appliance.records.care.restating import restate_patient
from appliance.records.patients import identity
from appliance.records.patients.duplicates import likely_duplicates
from appliance.records.patients.matching import Person
from appliance.records.patients.model import OLDEST_YEARS, Birth
from appliance.records.patients.names import words
from appliance.storage import Database, Unit, settings

ALLERGIES_MAX = 20
NAME_KINDS = ("civil", "usual", "marriage", "nickname")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatient:
    """A registration as typed. `names` are (kind, text), the civil one first; kinds: civil, usual, marriage, nickname."""

    names: tuple[tuple[str, str], ...]
    sex: str
    birth: Birth
    village: int | None = None
    mother_name: str | None = None
    phone: str | None = None
    allergies: tuple[str, ...] = ()
    allergies_asked: bool = False


def register_patient(
    unit: Unit, form: NewPatient, *, is_other: bool = False, random_bytes: RandomBytes | None = None
) -> int:
    """Register a person; returns the patient's id.

    Raises `Refused`: "possible-duplicate" with candidate ids unless `is_other` says that someone looked,
    "name-empty", "name-too-long", "name-kind", "sex", "phone", "village-unknown", "born-ahead",
    "born-too-long-ago", "text-too-long" (allergies), "facility-missing".
    """
    _check(unit, form)
    if not is_other and (found := likely_duplicates(unit, _person(form), unit.today)):
        raise Refused("possible-duplicate", candidates=[line.id for line, _ in found])
    facility = settings.get(unit, "facility")
    if not facility:
        raise Refused("facility-missing")
    patient = unit.insert(
        "patient", uuid=new_uuid(random_bytes) if random_bytes else new_uuid(),
        number=identity.next_number(unit, facility["code"]), registered_on=unit.today.isoformat(),
        **_particulars(form), act=unit.act,
    )  # fmt: skip
    identity.set_names(unit, patient, form.names)
    identity.set_contact(unit, patient, form.mother_name, form.phone)
    identity.index(unit, patient)
    unit.note(patient=patient)
    return patient


def correct_patient(unit: Unit, patient: int, form: NewPatient, reason: str) -> None:
    """Correct a patient's particulars; what stood before is kept, with the reason.

    Where sex or birth change, the facts of recent visits are written anew (`restate_patient`). Raises as
    registration does, and "reason-needed", "already-merged" (correct the file that stands).
    """
    _check(unit, form)
    _need_reason(reason, "correction")
    _standing(unit, patient)
    after = _particulars(form)
    row = unit.one(f"SELECT {', '.join(after)} FROM patient WHERE id = ?", (patient,)) or ()
    before = dict(zip(after, row, strict=True))
    unit.append("patient_change", patient=patient, before=msgspec.json.encode(before).decode(), reason=reason.strip())
    unit.run(
        f"UPDATE patient SET {', '.join(f'{name} = ?' for name in after)}, act = ? WHERE id = ?",
        (*after.values(), unit.act, patient),
    )
    identity.set_names(unit, patient, form.names)
    identity.set_contact(unit, patient, form.mother_name, form.phone)
    identity.index(unit, patient)
    if (before["sex"], before["born_on"]) != (after["sex"], after["born_on"]):
        restate_patient(unit, patient)
    unit.note(patient=patient)


def add_name(unit: Unit, patient: int, kind: str, text: str) -> int:
    """Give a person one more name; returns its id.

    Raises `Refused`: "no-such-patient", "already-merged", "name-empty", "name-too-long", "name-kind".
    """
    _standing(unit, patient)
    _check_name(kind, text)
    made = identity.write_name(unit, patient, kind, text)
    identity.index(unit, patient)
    unit.note(patient=patient)
    return made


def retire_name(unit: Unit, name: int) -> None:
    """A name is no longer borne: it shows no more and still finds the person.

    Raises `Refused`: "no-such-name", "last-name" (a person keeps one).
    """
    row = unit.one("SELECT patient FROM patient_name WHERE id = ? AND is_current = 1", (name,))
    if row is None:
        raise Refused("no-such-name", name=name)
    if unit.value("SELECT count(*) FROM patient_name WHERE patient = ? AND is_current = 1", row) == 1:
        raise Refused("last-name", patient=row[0])
    unit.run("UPDATE patient_name SET is_current = 0, act = ? WHERE id = ?", (unit.act, name))
    unit.note(patient=row[0])


def merge(unit: Unit, absorbed: int, survivor: int, reason: str) -> int:
    """Say that two files are one person; returns the merge's id. Nothing is rewritten, and it can be undone for ever.

    Raises `Refused`: "same-patient", "already-merged" (either file stands for, or in, a merge that must be undone
    first), "reason-needed", "no-such-patient".
    """
    if absorbed == survivor:
        raise Refused("same-patient", patient=absorbed)
    _need_reason(reason, "merge")
    for patient in (absorbed, survivor):
        _standing(unit, patient)
    if unit.value("SELECT 1 FROM patient WHERE merged_into = ?", (absorbed,)):
        raise Refused("already-merged", patient=absorbed)
    made = unit.append("patient_merge", absorbed=absorbed, survivor=survivor, reason=reason.strip())
    unit.run("UPDATE patient SET merged_into = ? WHERE id = ?", (survivor, absorbed))
    _restate_if_unlike(unit, absorbed, survivor)
    unit.note(patient=survivor, absorbed=absorbed)
    return made


def unmerge(unit: Unit, merge_id: int, reason: str) -> None:
    """Undo a merge: both files are exactly as they were. Raises `Refused` ("no-such-merge", "already-undone")."""
    row = unit.one("SELECT absorbed, survivor FROM patient_merge WHERE id = ?", (merge_id,))
    if row is None:
        raise Refused("no-such-merge", merge=merge_id)
    if unit.value("SELECT 1 FROM patient_unmerge WHERE merge = ?", (merge_id,)):
        raise Refused("already-undone", merge=merge_id)
    _need_reason(reason, "unmerge")
    unit.append("patient_unmerge", merge=merge_id, reason=reason.strip())
    unit.run("UPDATE patient SET merged_into = NULL WHERE id = ?", (row[0],))
    _restate_if_unlike(unit, *row)
    unit.note(patient=row[0])


def _restate_if_unlike(unit: Unit, absorbed: int, survivor: int) -> None:
    """Where two files of one person differ in sex or birth, the visits under the absorbed one count anew."""
    said = {unit.one("SELECT sex, born_on FROM patient WHERE id = ?", (file,)) for file in (absorbed, survivor)}
    if len(said) > 1:
        restate_patient(unit, absorbed)


def blank_cards(unit: Unit, count: int, random_bytes: RandomBytes | None = None) -> list[str]:
    """Make codes for cards that are printed now and bound later. Raises `Refused("card-count")` outside 1 to 500."""
    if not 1 <= count <= 500:
        raise Refused("card-count", count=count)
    codes = [card_code(random_bytes) if random_bytes else card_code() for _ in range(count)]
    for code in codes:
        unit.insert("card", code=code, act=unit.act)
    return codes


def bind_card(unit: Unit, patient: int, code: str) -> str:
    """Give a printed card to a patient; returns the code as printed.

    Raises `Refused`: "card-unreadable" (wrong check character), "card-unknown", "card-taken", "card-ended",
    "no-such-patient", "already-merged".
    """
    if not is_valid_code(code):
        raise Refused("card-unreadable")
    _standing(unit, patient)
    printed = normalise_code(code)
    row = unit.one("SELECT patient, ended_act FROM card WHERE code = ?", (printed,))
    if row is None:
        raise Refused("card-unknown")
    if row[1] is not None:
        raise Refused("card-ended")
    if row[0] is not None and row[0] != patient:
        raise Refused("card-taken")
    unit.run("UPDATE card SET patient = ?, bound_act = ? WHERE code = ?", (patient, unit.act, printed))
    unit.note(patient=patient)
    return printed


def card_for(unit: Unit, patient: int) -> str:
    """The card code of a patient, made when there is none in use."""
    held: str | None = unit.value(
        "SELECT code FROM card WHERE patient = ? AND ended_act IS NULL ORDER BY bound_act DESC LIMIT 1", (patient,)
    )
    return held or bind_card(unit, patient, blank_cards(unit, 1)[0])


def end_card(unit: Unit, code: str) -> None:
    """A card is lost: it finds nobody any more. Raises `Refused("card-unknown")`."""
    if not unit.run(
        "UPDATE card SET ended_act = ? WHERE code = ? AND ended_act IS NULL", (unit.act, normalise_code(code))
    ):
        raise Refused("card-unknown")


def erase_identity(unit: Unit, patient: int, reason: str) -> None:
    """Destroy who a person is, in this file and those merged into it; care, ledger and reports stay, nameless.

    It can't be undone. The reason is a code of the request, kept with the act: give no name in it.
    Raises `Refused`: "no-such-patient", "already-merged" (erase the file that stands), "reason-needed".
    """
    _need_reason(reason, "erasure")
    _standing(unit, patient)
    files = [patient, *(row[0] for row in unit.all("SELECT id FROM patient WHERE merged_into = ?", (patient,)))]
    for one in files:
        for table in identity.TABLES:
            unit.run(f"DELETE FROM {table} WHERE patient = ?", (one,))
        unit.run("UPDATE card SET ended_act = ? WHERE patient = ? AND ended_act IS NULL", (unit.act, one))
        unit.append("patient_change", patient=one, before='{"identity":"erased"}', reason=reason.strip())
    unit.note(patient=patient, files=len(files))


def _person(form: NewPatient) -> Person:
    return Person(
        names=tuple(text for _, text in form.names), sex=form.sex, born_on=form.birth.born_on,
        born_precision=form.birth.precision, village=form.village, mother_name=form.mother_name, phone=form.phone,
    )  # fmt: skip


def _particulars(form: NewPatient) -> dict[str, object]:
    """The columns of a patient that a person gives and may correct."""
    said_on = form.birth.age_said_on
    return {
        "sex": form.sex, "born_on": form.birth.born_on.isoformat(), "born_precision": form.birth.precision,
        "age_value": form.birth.age_value, "age_unit": form.birth.age_unit,
        "age_said_on": said_on.isoformat() if said_on else None, "village": form.village,
        "allergies": msgspec.json.encode(form.allergies).decode(), "allergies_asked": int(form.allergies_asked),
    }  # fmt: skip


def _standing(db: Database, patient: int) -> None:
    """Refuse a file that does not exist or is merged into another."""
    row = db.one("SELECT merged_into FROM patient WHERE id = ?", (patient,))
    if row is None:
        raise Refused("no-such-patient", patient=patient)
    if row[0] is not None:
        raise Refused("already-merged", patient=patient, into=row[0])


def _need_reason(reason: str, kind: str) -> None:
    if len(reason.strip()) < 3:
        raise Refused("reason-needed", kind=kind)


def _check(unit: Unit, form: NewPatient) -> None:
    if not form.names:
        raise Refused("name-empty")
    for kind, text in form.names:
        _check_name(kind, text)
    if form.sex not in ("M", "F"):
        raise Refused("sex")
    if form.birth.born_on > unit.today:
        raise Refused("born-ahead")
    if form.birth.born_on.year < unit.today.year - OLDEST_YEARS - 1:
        raise Refused("born-too-long-ago", years=OLDEST_YEARS)
    if form.phone and not 6 <= len("".join(c for c in form.phone if c in "0123456789")) <= 15:
        raise Refused("phone")
    if form.village is not None and not unit.value("SELECT 1 FROM village WHERE id = ?", (form.village,)):
        raise Refused("village-unknown")
    if len(form.allergies) > ALLERGIES_MAX or any(len(a) > identity.TEXT_MAX for a in form.allergies):
        raise Refused("text-too-long", limit=identity.TEXT_MAX)


def _check_name(kind: str, text: str) -> None:
    words(text)
    if has_mixed_letters(text):
        raise Refused("name-letters")
    if len(text) > identity.TEXT_MAX:
        raise Refused("name-too-long", limit=identity.TEXT_MAX)
    if kind not in NAME_KINDS:
        raise Refused("name-kind", kind=kind[:20])
