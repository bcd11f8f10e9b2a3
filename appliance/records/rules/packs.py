"""The packs of this release by id, each with the way to read its file and to answer its vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.core.datafile import Located
from appliance.records.rules import pack
from appliance.records.rules.antenatal import contacts
from appliance.records.rules.childhood import classify
from appliance.records.rules.dosing import doses
from appliance.records.rules.growth import zscores
from appliance.records.rules.immunization import calendar, status
from appliance.records.rules.maternal import advice, dating, emergencies, labour, postnatal

Answer = Callable[[Mapping[str, Any]], pack.Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A kind of pack: where this release's file lies, and `read`: a file into its header, its text and its rule."""

    file: Path
    read: Callable[[Path], tuple[pack.Header, Located, Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A pack after its vectors were run."""

    header: pack.Header
    vectors: int
    missed: tuple[pack.Miss, ...]


def _vaccines(file: Path) -> tuple[pack.Header, Located, Answer]:
    held, text = calendar.load_calendar(file)
    return held.header, text, lambda case: status.answer(case, held)


def _located(
    load: Callable[[Path], tuple[pack.Header, Located]], answer: Callable[[Mapping[str, Any], Located], pack.Answer]
) -> Callable[[Path], tuple[pack.Header, Located, Answer]]:
    def read(file: Path) -> tuple[pack.Header, Located, Answer]:
        header, held = load(file)
        return header, held, lambda case: answer(case, held)

    return read


KNOWN: dict[str, Known] = {
    "conseils-maternite": Known(file=advice.FILE, read=_located(advice.load_rules, advice.answer)),
    "contacts-cpn": Known(file=contacts.FILE, read=_located(contacts.load_rules, contacts.answer)),
    "datation-grossesse": Known(file=dating.FILE, read=_located(dating.load_rules, dating.answer)),
    "doses": Known(file=doses.FILE, read=_located(doses.load_rules, doses.answer)),
    "malnutrition-aigue": Known(file=zscores.FILE, read=_located(zscores.load_rules, zscores.answer)),
    "partogramme": Known(file=labour.FILE, read=_located(labour.load_rules, labour.answer)),
    "pcime": Known(file=classify.FILE, read=_located(classify.load_rules, classify.answer)),
    "pev-mali": Known(file=calendar.FILE, read=_vaccines),
    "urgences-obstetricales": Known(file=emergencies.FILE, read=_located(emergencies.load_rules, emergencies.answer)),
    "visites-postnatales": Known(file=postnatal.FILE, read=_located(postnatal.load_rules, postnatal.answer)),
}


def checked(name: str, file: Path | None = None) -> Checked:
    """Run the vectors of a known pack, of this release's file or another edition's; raises `DataFileError`."""
    known = KNOWN[name]
    header, held, answer = known.read(file or known.file)
    missed = pack.check(held, answer)
    return Checked(header=header, vectors=len(held.content["vectors"]), missed=tuple(missed))
