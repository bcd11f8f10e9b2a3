"""Patients as lists and pages show them, by id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from appliance.records.patients.model import Birth, PatientLine
from appliance.storage import Database

COMMON_OVER = 300
_LINE = (
    "SELECT p.id, p.number, p.sex, p.born_on, p.born_precision, v.name, c.mother_name, p.last_visit_on, c.phone,"
    " p.deceased_on IS NOT NULL, p.allergies, p.allergies_asked, p.village, v.in_area, p.age_value, p.age_unit,"
    " p.age_said_on, p.merged_into FROM patient p LEFT JOIN village v ON v.id = p.village"
    " LEFT JOIN patient_contact c ON c.patient = p.id WHERE p.id IN ({marks})"
)


def number_of(db: Database, patient: int) -> str:
    """The number of a file, for lists that may show no name; "?" when there is none."""
    return str(db.value("SELECT number FROM patient WHERE id = ?", (patient,)) or "?")


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


def latest(db: Database, limit: int = 25) -> list[PatientLine]:
    """The patients seen last."""
    rows = db.all(
        "SELECT id FROM patient WHERE merged_into IS NULL ORDER BY last_visit_on DESC, id DESC LIMIT ?", (limit,)
    )
    return lines(db, [r[0] for r in rows])


def common_villages(db: Database, limit: int = 6) -> list[int]:
    """The villages that those registered last come from, the most frequent first."""
    return [
        row[0]
        for row in db.all(
            "SELECT village FROM (SELECT village FROM patient ORDER BY id DESC LIMIT ?) WHERE village IS NOT NULL"
            " GROUP BY village ORDER BY count(*) DESC, village LIMIT ?",
            (COMMON_OVER, limit),
        )
    ]


def common_motives(db: Database, limit: int = 6) -> list[str]:
    """What those seen last came for, the most frequent first; long ones are no chips."""
    return [
        row[0]
        for row in db.all(
            "SELECT motive FROM (SELECT motive FROM visit ORDER BY id DESC LIMIT ?) WHERE length(motive) BETWEEN 2 AND 20"
            " GROUP BY motive ORDER BY count(*) DESC, motive LIMIT ?",
            (COMMON_OVER, limit),
        )
    ]


def is_blank_card(db: Database, code: str) -> bool:
    """Whether a card was printed here and given to nobody yet. `code` as printed."""
    row = db.one("SELECT patient, ended_act FROM card WHERE code = ?", (code,))
    return row == (None, None)


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
