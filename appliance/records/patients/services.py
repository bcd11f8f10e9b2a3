"""Registering, correcting, merging and carding patients."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from appliance.core.errors import Refused
from appliance.core.french import fold
from appliance.core.identifiers import RandomBytes, card_code, is_valid_code, new_uuid, normalise_code, patient_number
from appliance.core.periods import completed_months
from appliance.records.patients import repository
from appliance.records.patients.model import Birth, PatientLine
from appliance.records.patients.names import compare, name_key, words
from appliance.storage import Database, Unit, settings

CANDIDATES_SHOWN = 3
LIKELY = 7
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
    mother: int | None = None
    allergies: tuple[str, ...] = ()
    allergies_asked: bool = False


def likely_duplicates(db: Database, form: NewPatient) -> list[tuple[PatientLine, int]]:
    """Up to three files that may be this person, with a score; seven points and more are worth a look.

    Name 4 (exact), 3 (key) or 2 (alias); age within a fifth 2; village 2; mother's name 2; phone 3. Another sex
    excludes, for twins and couples share everything else.
    """
    name = " ".join(dict(form.names[:1]).values()) if form.names else ""
    scored = []
    for line in repository.search(db, name, limit=60) if name else []:
        if line.sex != form.sex:
            continue
        match = max((_NAME_POINTS[compare(name, other)] for other in (line.name, *line.other_names)), default=0)
        points = match + _age_points(line.born_on, form.birth.born_on, form.birth.precision)
        points += 2 if form.village and line.village_id == form.village else 0
        if form.mother_name and line.mother_name and compare(form.mother_name, line.mother_name):
            points += 2
        if form.phone and line.phone and _digits(form.phone)[-8:] == _digits(line.phone)[-8:]:
            points += 3
        if match and points >= LIKELY:
            scored.append((line, points))
    return sorted(scored, key=lambda pair: -pair[1])[:CANDIDATES_SHOWN]


def register_patient(
    unit: Unit, form: NewPatient, *, is_other: bool = False, random_bytes: RandomBytes | None = None
) -> int:
    """Register a person; returns the patient's id.

    Raises `Refused`: "possible-duplicate" with candidate ids unless `is_other` says that someone looked,
    "name-empty", "name-too-long", "sex", "phone", "village-unknown", "facility-missing".
    """
    _check(unit, form)
    if not is_other and (found := likely_duplicates(unit, form)):
        raise Refused("possible-duplicate", candidates=[line.id for line, _ in found])
    facility = settings.get(unit, "facility")
    if not facility:
        raise Refused("facility-missing")
    uuid = new_uuid(random_bytes) if random_bytes else new_uuid()
    patient = unit.insert(
        "patient", uuid=uuid, number=_next_number(unit, facility["code"]), sex=form.sex,
        born_on=form.birth.born_on.isoformat(), born_precision=form.birth.precision, age_value=form.birth.age_value,
        age_unit=form.birth.age_unit, age_said_on=_iso(form.birth.age_said_on), village=form.village,
        mother=form.mother, allergies=msgspec.json.encode(form.allergies).decode(),
        allergies_asked=int(form.allergies_asked), registered_on=unit.today.isoformat(), act=unit.act,
    )  # fmt: skip
    for kind, text in form.names:
        _add_name(unit, patient, kind, text)
    unit.insert(
        "patient_contact", patient=patient, mother_name=_clean(form.mother_name), phone=_clean(form.phone), act=unit.act
    )
    _index(unit, patient)
    unit.note(patient=patient)
    return patient


def correct_patient(unit: Unit, patient: int, form: NewPatient, reason: str) -> None:
    """Correct a patient's particulars; what stood before is kept, with the reason. Raises as registration does."""
    _check(unit, form)
    if len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="correction")
    before = unit.one(
        "SELECT sex, born_on, born_precision, age_value, age_unit, age_said_on, village, allergies FROM patient WHERE id = ?",
        (patient,),
    )
    if before is None:
        raise Refused("no-such-patient", patient=patient)
    unit.append("patient_change", patient=patient, before=msgspec.json.encode(before).decode(), reason=reason.strip())
    unit.run(
        "UPDATE patient SET sex = ?, born_on = ?, born_precision = ?, age_value = ?, age_unit = ?, age_said_on = ?,"
        " village = ?, allergies = ?, allergies_asked = ?, act = ? WHERE id = ?",
        (
            form.sex, form.birth.born_on.isoformat(), form.birth.precision, form.birth.age_value, form.birth.age_unit,
            _iso(form.birth.age_said_on), form.village, msgspec.json.encode(form.allergies).decode(),
            int(form.allergies_asked), unit.act, patient,
        ),
    )  # fmt: skip
    unit.run("UPDATE patient_name SET is_current = 0 WHERE patient = ?", (patient,))
    for kind, text in form.names:
        _add_name(unit, patient, kind, text)
    unit.run(
        "UPDATE patient_contact SET mother_name = ?, phone = ?, act = ? WHERE patient = ?",
        (_clean(form.mother_name), _clean(form.phone), unit.act, patient),
    )
    _index(unit, patient)
    unit.note(patient=patient)


def merge(unit: Unit, absorbed: int, survivor: int, reason: str) -> int:
    """Say that two files are one person; returns the merge's id. Nothing is rewritten, and it can be undone for ever.

    Raises `Refused`: "same-patient", "already-merged" (either file stands for, or in, a merge that must be undone
    first), "reason-needed", "no-such-patient".
    """
    if absorbed == survivor:
        raise Refused("same-patient", patient=absorbed)
    if len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="merge")
    for patient in (absorbed, survivor):
        row = unit.one("SELECT merged_into FROM patient WHERE id = ?", (patient,))
        if row is None:
            raise Refused("no-such-patient", patient=patient)
        if row[0] is not None:
            raise Refused("already-merged", patient=patient)
    if unit.value("SELECT 1 FROM patient WHERE merged_into = ?", (absorbed,)):
        raise Refused("already-merged", patient=absorbed)
    made = unit.append("patient_merge", absorbed=absorbed, survivor=survivor, reason=reason.strip())
    unit.run("UPDATE patient SET merged_into = ? WHERE id = ?", (survivor, absorbed))
    unit.note(patient=survivor, absorbed=absorbed)
    return made


def unmerge(unit: Unit, merge_id: int, reason: str) -> None:
    """Undo a merge: both files are exactly as they were. Raises `Refused` ("no-such-merge", "already-undone")."""
    row = unit.one("SELECT absorbed FROM patient_merge WHERE id = ?", (merge_id,))
    if row is None:
        raise Refused("no-such-merge", merge=merge_id)
    if unit.value("SELECT 1 FROM patient_unmerge WHERE merge = ?", (merge_id,)):
        raise Refused("already-undone", merge=merge_id)
    if len(reason.strip()) < 3:
        raise Refused("reason-needed", kind="unmerge")
    unit.append("patient_unmerge", merge=merge_id, reason=reason.strip())
    unit.run("UPDATE patient SET merged_into = NULL WHERE id = ?", (row[0],))
    unit.note(patient=row[0])


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

    Raises `Refused`: "card-unreadable" (wrong check character), "card-unknown", "card-taken", "card-ended".
    """
    if not is_valid_code(code):
        raise Refused("card-unreadable")
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


def erase_identity(unit: Unit, patient: int) -> None:
    """Destroy who a person is; care, ledger and reports stay whole and nameless. It can't be undone."""
    for table in ("patient_name", "patient_contact", "patient_search"):
        unit.run(f"DELETE FROM {table} WHERE patient = ?", (patient,))
    unit.run("UPDATE card SET ended_act = ? WHERE patient = ? AND ended_act IS NULL", (unit.act, patient))
    unit.note(patient=patient)


_NAME_POINTS: dict[str | None, int] = {"exact": 4, "key": 3, "alias": 2, None: 0}


def _check(db: Database, form: NewPatient) -> None:
    if not form.names:
        raise Refused("name-empty")
    for kind, text in form.names:
        words(text)
        if kind not in NAME_KINDS or len(text) > 120:
            raise Refused("name-too-long", limit=120)
    if form.sex not in ("M", "F"):
        raise Refused("sex")
    if form.phone and not 6 <= len(_digits(form.phone)) <= 15:
        raise Refused("phone")
    if form.village is not None and not db.value("SELECT 1 FROM village WHERE id = ?", (form.village,)):
        raise Refused("village-unknown")


def _age_points(known: date, said: date, precision: str) -> int:
    apart = abs((known - said).days)
    if precision == "day" and apart == 0:
        return 3
    lived = max(completed_months(min(known, said), date(max(known.year, said.year) + 1, 1, 1)), 6)
    return 2 if apart <= max(45, lived * 30 // 5 if precision != "day" else 45) else 0


def _next_number(unit: Unit, facility_code: str) -> str:
    """The next number of this year, read from the table: two digits of the year after the facility's four."""
    year = unit.today.year
    prefix = patient_number(facility_code, year, 1)[:8]
    last = unit.value(
        "SELECT max(CAST(substr(number, 9, length(number) - 10) AS INTEGER)) FROM patient WHERE number >= ? AND number < ?",
        (prefix, prefix + "~"),
    )
    return patient_number(facility_code, year, (last or 0) + 1)


def _add_name(unit: Unit, patient: int, kind: str, text: str) -> None:
    shown = " ".join(text.split())
    unit.insert("patient_name", patient=patient, kind=kind, text=shown, folded=fold(shown), is_current=1, act=unit.act)


def _index(unit: Unit, patient: int) -> None:
    """Write anew what the patient is found by. Old names stay findable: people come back under them."""
    unit.run("DELETE FROM patient_search WHERE patient = ?", (patient,))
    keys: set[tuple[str, str]] = set()
    for (text,) in unit.all("SELECT text FROM patient_name WHERE patient = ?", (patient,)):
        keys |= {(name_key(w), "n") for w in words(text)}
    contact = unit.one("SELECT mother_name, phone FROM patient_contact WHERE patient = ?", (patient,)) or (None, None)
    if contact[0] and fold(contact[0]).strip(" -'"):
        keys |= {(name_key(w), "m") for w in words(contact[0])}
    if contact[1]:
        keys.add((_digits(contact[1])[-8:], "p"))
    for key, kind in sorted(keys):
        unit.run("INSERT INTO patient_search (key, kind, patient) VALUES (?, ?, ?)", (key, kind, patient))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _clean(text: str | None) -> str | None:
    return " ".join(text.split())[:120] or None if text else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def names_of(form: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Names typed one a line as (kind, text): the first civil, the others usual."""
    kept = [" ".join(t.split()) for t in form if t.strip()]
    return tuple(("civil" if i == 0 else "usual", t) for i, t in enumerate(kept))
