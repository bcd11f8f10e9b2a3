"""Finding and reading patients. One box takes a number, a card, a phone, or names in any order with a village."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from appliance.core.french import fold
from appliance.core.identifiers import is_valid_code, normalise_code, normalise_patient_number
from appliance.records.patients.model import Birth, PatientLine
from appliance.records.patients.names import alias_keys, name_key, words
from appliance.storage import Database

LIMIT = 25
CANDIDATES = 200
_LINE = (
    "SELECT p.id, p.number, p.sex, p.born_on, p.born_precision, v.name, c.mother_name, p.last_visit_on, c.phone,"
    " p.deceased_on IS NOT NULL, p.allergies, p.allergies_asked, p.village, v.in_area, p.age_value, p.age_unit,"
    " p.age_said_on, p.merged_into FROM patient p LEFT JOIN village v ON v.id = p.village"
    " LEFT JOIN patient_contact c ON c.patient = p.id WHERE p.id IN ({marks})"
)


def get(db: Database, patient: int) -> PatientLine | None:
    """One patient; an absorbed one as himself (see `survivor`)."""
    found = lines(db, [patient])
    return found[0] if found else None


def survivor(db: Database, patient: int) -> int:
    """The file that now stands for a patient: himself, or the one he was merged into."""
    seen = {patient}
    while (into := db.value("SELECT merged_into FROM patient WHERE id = ?", (patient,))) is not None:
        if into in seen:
            break
        seen.add(into)
        patient = into
    return patient


def by_card(db: Database, code: str) -> int | None:
    """The patient a card is bound to; a lost card finds nobody."""
    found: int | None = db.value(
        "SELECT patient FROM card WHERE code = ? AND ended_act IS NULL", (normalise_code(code),)
    )
    return survivor(db, found) if found else None


def search(db: Database, text: str, limit: int = LIMIT) -> list[PatientLine]:
    """The patients that what was typed may mean, the likeliest first. Anything typed is answered, if with nothing."""
    typed = " ".join(text.split())[:120]
    if not typed:
        return []
    if exact := _by_code(db, typed):
        return lines(db, [survivor(db, exact)])
    digits = re.sub(r"\D", "", typed)
    if len(digits) >= 6 and len(digits) >= len(re.sub(r"\s", "", typed)) - 4:
        return lines(db, _by_keys(db, [("p", (digits[-8:],))])[:limit])
    try:
        terms = [w for w in words(typed) if w not in _STOPWORDS]
    except Exception:
        return []
    villages = {row[0]: row[1] for row in db.all("SELECT folded, id FROM village")}
    names = [t for t in terms if t not in villages]
    wanted = {villages[t] for t in terms if t in villages}
    if not names:
        return _of_villages(db, wanted, limit)
    found = _by_keys(db, [("nm", tuple(sorted(alias_keys(t)))) for t in names])
    if not found and len(names) > 1:
        found = _by_keys(db, [("nm", tuple(sorted(alias_keys(t)))) for t in names[:-1]])
    ranked = _ranked(lines(db, list(dict.fromkeys(survivor(db, i) for i in found))[:CANDIDATES]), names, wanted)
    return ranked[:limit]


def lines(db: Database, patients: Sequence[int]) -> list[PatientLine]:
    """Patients by id, in the order asked."""
    if not patients:
        return []
    marks = ",".join("?" * len(patients))
    names: dict[int, list[tuple[str, str]]] = {}
    for patient, kind, text in db.all(
        f"SELECT patient, kind, text FROM patient_name WHERE is_current = 1 AND patient IN ({marks}) ORDER BY id",
        tuple(patients),
    ):
        names.setdefault(patient, []).append((kind, text))
    found = {row[0]: _line(row, names.get(row[0], [])) for row in db.all(_LINE.format(marks=marks), tuple(patients))}
    return [found[p] for p in patients if p in found]


def latest(db: Database, limit: int = LIMIT) -> list[PatientLine]:
    """The patients seen last."""
    rows = db.all(
        "SELECT id FROM patient WHERE merged_into IS NULL ORDER BY last_visit_on DESC, id DESC LIMIT ?", (limit,)
    )
    return lines(db, [r[0] for r in rows])


_STOPWORDS = frozenset({"fille", "fils", "de", "d", "du", "la", "le", "mere", "pere", "bebe", "enfant", "village"})


def _by_code(db: Database, typed: str) -> int | None:
    if number := normalise_patient_number(typed):
        found: int | None = db.value("SELECT id FROM patient WHERE number = ?", (number,))
        if found:
            return found
    if is_valid_code(typed):
        return by_card(db, typed)
    return None


def _by_keys(db: Database, terms: list[tuple[str, tuple[str, ...]]]) -> list[int]:
    """Patients that every term finds: the rarest first, the others as a filter on what it left."""
    parts, parameters = [], []
    for kinds, keys in terms[:6]:
        marks, kind_marks = ",".join("?" * len(keys)), ",".join("?" * len(kinds))
        parts.append(f"SELECT patient FROM patient_search WHERE key IN ({marks}) AND kind IN ({kind_marks})")
        parameters += [*keys, *kinds]
    sql = f"SELECT patient FROM ({' INTERSECT '.join(parts)}) ORDER BY patient DESC LIMIT {CANDIDATES * 5}"
    return [row[0] for row in db.all(sql, parameters)]


def _of_villages(db: Database, villages: set[int], limit: int) -> list[PatientLine]:
    marks = ",".join("?" * len(villages))
    rows = db.all(
        f"SELECT id FROM patient WHERE village IN ({marks}) AND merged_into IS NULL"
        " ORDER BY last_visit_on DESC LIMIT ?",
        (*villages, limit),
    )
    return lines(db, [r[0] for r in rows])


def _ranked(found: list[PatientLine], names: list[str], villages: set[int]) -> list[PatientLine]:
    """Own names over the mother's, exact spelling over sound, the right village, then the one seen last."""
    keys = {name: (alias_keys(name), name_key(name)) for name in names}

    def score(line: PatientLine) -> tuple[int, int, str, int]:
        own = set(fold(" ".join((line.name, *line.other_names))).split())
        mother = set(fold(line.mother_name or "").split())
        points = 0
        for name in names:
            if name in own:
                points += 8
            elif name in mother:
                points += 4
            elif keys[name][1] in {name_key(w) for w in own}:
                points += 5
            elif keys[name][0] & {name_key(w) for w in own}:
                points += 3
        place = 6 if line.village_id in villages else 0
        return (points + place, -len(own), str(line.last_visit_on or ""), line.id)

    return sorted(found, key=score, reverse=True)


def _line(row: tuple[Any, ...], names: list[tuple[str, str]]) -> PatientLine:
    civil = [text for kind, text in names if kind == "civil"] or [text for _, text in names]
    shown = civil[0] if civil else "(identité effacée)"
    birth = Birth(
        born_on=date.fromisoformat(row[3]), precision=row[4], age_value=row[14], age_unit=row[15],
        age_said_on=date.fromisoformat(row[16]) if row[16] else None,
    )  # fmt: skip
    return PatientLine(
        id=row[0], number=row[1], name=shown, other_names=tuple(t for _, t in names if t != shown), sex=row[2],
        born_on=birth.born_on, born_precision=row[4], village=row[5], mother_name=row[6],
        last_visit_on=date.fromisoformat(row[7]) if row[7] else None, phone=row[8], is_deceased=bool(row[9]),
        allergies=tuple(msgspec.json.decode(row[10])), allergies_asked=bool(row[11]), village_id=row[12],
        in_area=None if row[13] is None else bool(row[13]), birth=birth, merged_into=row[17],
    )  # fmt: skip


def standing_merges(db: Database, survivor_id: int) -> list[tuple[int, str]]:
    """The merges into a file that stand: merge id and the absorbed file's number."""
    return db.all(
        "SELECT m.id, p.number FROM patient_merge m JOIN patient p ON p.id = m.absorbed WHERE m.survivor = ?"
        " AND NOT EXISTS (SELECT 1 FROM patient_unmerge u WHERE u.merge = m.id) ORDER BY m.id",
        (survivor_id,),
    )
