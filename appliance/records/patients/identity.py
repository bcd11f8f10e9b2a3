"""The rows that say who a person is: names, contact, what the search box finds, the printed number.

They stand apart from care and ledger, so that destroying them leaves those whole and nameless.
"""

from __future__ import annotations

from appliance.core.errors import Refused
from appliance.core.french import fold, one_line
from appliance.core.identifiers import patient_number
from appliance.records.patients.matching import phone_key
from appliance.records.patients.names import name_key, words
from appliance.storage import Unit

TABLES = ("patient_name", "patient_contact", "patient_contact_before", "patient_search", "patient_cover_number")
TEXT_MAX = 120


def clean(text: str | None) -> str | None:
    """Typed text on one line, without control characters, at most 120 letters; None when nothing is left."""
    if not text:
        return None
    shown = one_line(text)[:TEXT_MAX].strip()
    return shown or None


def write_name(unit: Unit, patient: int, kind: str, text: str) -> int:
    """Add a name that is borne now; returns its id."""
    shown = clean(text)
    if shown is None:
        raise Refused("name-empty")
    return unit.insert(
        "patient_name", patient=patient, kind=kind, text=shown, folded=fold(shown), is_current=1, act=unit.act
    )


def set_names(unit: Unit, patient: int, names: tuple[tuple[str, str], ...]) -> None:
    """Make these (kind, text) the names borne now; the others stay, retired, and stay findable."""
    wanted = [(kind, clean(text)) for kind, text in names]
    held = {(k, t): i for i, k, t in _current(unit, patient)}
    for name, row in held.items():
        if name not in wanted:
            unit.run("UPDATE patient_name SET is_current = 0 WHERE id = ?", (row,))
    for kind, text in wanted:
        if (kind, text) not in held:
            write_name(unit, patient, kind, text or "")


def set_contact(unit: Unit, patient: int, mother_name: str | None, phone: str | None) -> None:
    """Write mother's name and phone; what stood before is kept while the identity is."""
    after = (clean(mother_name), clean(phone))
    before = _contact(unit, patient)
    if before is None:
        unit.insert("patient_contact", patient=patient, mother_name=after[0], phone=after[1], act=unit.act)
    elif before[:2] != after:
        _keep_contact(unit, patient, before)
        unit.run(
            "UPDATE patient_contact SET mother_name = ?, phone = ?, act = ? WHERE patient = ?",
            (*after, unit.act, patient),
        )


def set_household(unit: Unit, patient: int, concession: str | None) -> None:
    """Write what people call the place where someone lives; nothing where the identity was erased."""
    before, after = _contact(unit, patient), clean(concession)
    if before is None or before[2] == after:
        return
    _keep_contact(unit, patient, before)
    unit.run("UPDATE patient_contact SET household = ?, act = ? WHERE patient = ?", (after, unit.act, patient))


def index(unit: Unit, patient: int) -> None:
    """Write anew what the patient is found by. Old names stay findable: people come back under them."""
    unit.run("DELETE FROM patient_search WHERE patient = ?", (patient,))
    keys: set[tuple[str, str]] = set()
    for (text,) in unit.all("SELECT text FROM patient_name WHERE patient = ?", (patient,)):
        for word in words_of(text):
            keys |= {(name_key(word), "n"), (word, "x")}
    mother, phone = unit.one("SELECT mother_name, phone FROM patient_contact WHERE patient = ?", (patient,)) or ("", "")
    keys |= {(name_key(word), "m") for word in words_of(mother or "")}
    if phone and phone_key(phone):
        keys.add((phone_key(phone), "p"))
    for key, kind in sorted(keys):
        unit.run("INSERT INTO patient_search (key, kind, patient) VALUES (?, ?, ?)", (key, kind, patient))


def next_number(unit: Unit, facility_code: str) -> str:
    """The next number of this year, read from the table inside the act: two at once can't take the same."""
    year = unit.today.year
    prefix = patient_number(facility_code, year, 1)[:8]
    # The plus keeps SQLite on row order: the newest file of the year is met at once, and holds the highest rank.
    last: str | None = unit.value(
        "SELECT number FROM patient WHERE +number >= ? AND +number < ? ORDER BY id DESC LIMIT 1", (prefix, prefix + "~")
    )
    return patient_number(facility_code, year, (int(last[8:-2]) if last else 0) + 1)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text that may hold no letter at all."""
    try:
        return words(text)
    except Refused:
        return ()


def _contact(unit: Unit, patient: int) -> tuple[str | None, str | None, str | None] | None:
    found = unit.one("SELECT mother_name, phone, household FROM patient_contact WHERE patient = ?", (patient,))
    return (found[0], found[1], found[2]) if found else None


def _keep_contact(unit: Unit, patient: int, before: tuple[str | None, str | None, str | None]) -> None:
    mother, phone, household = before
    unit.insert(
        "patient_contact_before", patient=patient, mother_name=mother, phone=phone, household=household, act=unit.act
    )


def _current(unit: Unit, patient: int) -> list[tuple[int, str, str]]:
    return unit.all("SELECT id, kind, text FROM patient_name WHERE patient = ? AND is_current = 1", (patient,))
