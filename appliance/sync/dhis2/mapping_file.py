"""A mapping made by hand, as a table that a spreadsheet can edit: read whole or not at all, faults by file and line.

Columns, parted by `;` or `,`: `form;code;disaggregation;data_element;category_option_combo`, more are ignored.
`disaggregation` is `AGE6=1_4A SEXE=F`. The element is a UID or code of the form's data set, `-` for nowhere on
purpose, empty to leave the cell to matching by code; the combination a UID, code or name, empty for the only or
default one. A cell may stand on several lines: it then goes to several places. Several cells may go to one place:
they are added up. Lines that begin with `#` are remarks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from appliance.core.errors import DataFileError
from appliance.core.french import fold
from appliance.sync.dhis2.book import Book, Element, name_parts, squeeze
from appliance.sync.dhis2.mapping import Named, key_of
from appliance.sync.dhis2.matching import Cell, Target, find, target_of

COLUMNS = ("form", "code", "disaggregation", "data_element", "category_option_combo")
NOWHERE = "-"
TEXT_MAX = 4 << 20
_Key = tuple[str, str]
_Rows = dict[_Key, list[Target]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """What a file is read against: our cells and the server's book by form."""

    cells: Mapping[str, Sequence[Cell]]
    books: Mapping[str, Book]


def parse_mapping(text: str, file: str, forms: Forms) -> dict[str, _Rows]:
    """Targets by cell, by form. A line that says what matching by code says anyway is left to it.

    Raises `DataFileError` with the first fault.
    """
    if len(text) > TEXT_MAX:
        raise DataFileError(file, 0, "is too large")
    known = {form: {key_of(c.code, c.disaggregation): c for c in cells} for form, cells in forms.cells.items()}
    found: dict[str, _Rows] = {form: {} for form in known}
    said: dict[tuple[str, _Key, str], int] = {}
    for line, row in _rows(text, file):
        form = row["form"]
        if form not in known:
            raise DataFileError(file, line, f"form {form!r} is none of {', '.join(sorted(known))}")
        key = key_of(row["code"], _disaggregation(row["disaggregation"], file, line))
        if key not in known[form]:
            raise DataFileError(
                file, line, f"{row['code']} {row['disaggregation']} is no cell of {form}".replace("  ", " ")
            )
        if not row["data_element"]:
            continue
        targets = found[form].setdefault(key, [])
        if row["data_element"] == NOWHERE:
            place = NOWHERE
        else:
            target = _target(row, forms.books.get(form), file, line)
            targets.append(target)
            place = " ".join(target.key)
        if earlier := said.get((form, key, place)):
            raise DataFileError(file, line, f"says the same as line {earlier}")
        said[form, key, place] = line
        if any((form, key, other) in said for other in (NOWHERE,)) and targets:
            raise DataFileError(file, line, "sends nowhere a cell that another line sends somewhere")
    return {form: _apart(rows, known[form], forms.books.get(form)) for form, rows in found.items()}


def write_mapping(form: str, cells: Iterable[Cell], named: Iterable[Named], book: Book | None) -> str:
    """The lines of a form: every cell with where it goes now, empty where it goes nowhere yet; no head."""
    places: dict[_Key, list[Named]] = {}
    for one in named:
        places.setdefault((one.code, one.disaggregation), []).append(one)
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\n")
    fed = set()
    for cell in cells:
        key = key_of(cell.code, cell.disaggregation)
        split = " ".join(f"{k}={v}" for k, v in cell.disaggregation.items())
        label = " · ".join((cell.name or cell.code, *cell.option_names))
        held = places.get(key, [])
        by_hand = [n for n in held if n.origin == "person"] or held
        if not by_hand:
            table.writerow((form, cell.code, split, "", "", "", label))
        for one in by_hand:
            fed.add(one.data_element)
            table.writerow(
                (form, cell.code, split, one.data_element or NOWHERE, one.category_option_combo, one.origin, label)
            )
    for element in sorted(book.elements.values(), key=lambda e: e.code) if book else ():
        if element.uid not in fed:
            out.write(f"# {form}: nothing goes to {element.uid} {element.code} {element.name}\n".replace("\r", " "))
    return out.getvalue()


HEAD = ";".join((*COLUMNS, "how", "label")) + "\n"


def _rows(text: str, file: str) -> Iterable[tuple[int, dict[str, str]]]:
    lines = text.removeprefix("\ufeff").splitlines()
    first = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if first is None:
        raise DataFileError(file, 0, "is empty")
    parting = ";" if lines[first].count(";") >= lines[first].count(",") else ","
    head = [c.strip().strip('"') for c in lines[first].split(parting)]
    if missing := [c for c in COLUMNS if c not in head]:
        raise DataFileError(file, first + 1, f"has no column {missing[0]!r}")
    for number, line in enumerate(lines[first + 1 :], first + 2):
        if not line.strip(parting + " \t") or line.startswith("#"):
            continue
        try:
            values = next(csv.reader([line], delimiter=parting, strict=True))
        except csv.Error as fault:
            raise DataFileError(file, number, f"can't be read: {fault}") from None
        if len(values) < max(head.index(c) for c in COLUMNS) + 1:
            raise DataFileError(file, number, f"has {len(values)} columns where the head has {len(head)}")
        row = {name: value.strip() for name, value in zip(head, values, strict=False)}
        yield number, {c: row[c] for c in COLUMNS}


def _disaggregation(text: str, file: str, line: int) -> dict[str, str]:
    found = {}
    for part in text.split():
        category, sign, option = part.partition("=")
        if not sign or not option or category in found:
            raise DataFileError(file, line, f"disaggregation {text!r} is not written CATEGORY=OPTION CATEGORY=OPTION")
        found[category] = option
    return found


def _target(row: Mapping[str, str], book: Book | None, file: str, line: int) -> Target:
    if book is None:
        raise DataFileError(
            file, line, f"the names of {row['form']} at DHIS2 have not been read yet: test the link first"
        )
    said = row["data_element"]
    element = book.elements.get(said) or book.by_code(said)
    if element is None:
        raise DataFileError(file, line, f"data element {said!r} is not in the data set {book.name!r}")
    combo = _combo(element, row["category_option_combo"])
    if combo is None:
        choice = ", ".join(sorted(f"{u} {n}" for u, n in element.combos.items())[:6])
        raise DataFileError(
            file, line, f"combination {row['category_option_combo']!r} is none of {said}'s: {choice or 'it has none'}"
        )
    return target_of(element, combo)


def _combo(element: Element, said: str) -> str | None:
    if not said:
        return element.default
    if said in element.combos or said == element.default:
        return said
    by_name = [uid for uid, name in element.combos.items() if fold(name) == fold(said)]
    return (
        element.by_code.get(squeeze(said))
        or (by_name[0] if len(by_name) == 1 else None)
        or element.by_name.get(name_parts((said,)))
    )


def _apart(rows: _Rows, cells: Mapping[_Key, Cell], book: Book | None) -> _Rows:
    """Only what differs from matching by code, so that a file written out and read back freezes nothing."""
    return {
        key: targets
        for key, targets in rows.items()
        if not (book and len(targets) == 1 and find(cells[key], book) == targets[0])
    }


def file_name(path: str) -> str:
    """The bare name of an uploaded file, as faults cite it."""
    return PurePath(path.replace("\\", "/")).name[:80] or "mapping.csv"
