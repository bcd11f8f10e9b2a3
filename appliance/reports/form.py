"""Report forms, read from data files: what a ministry letter changes is a file, never code.

An element is fed by facts (a kind and some codes), by the ledger (stock-outs of products), or typed. Its
combination of categories says how it is split; age bands are completed months at the day of the act.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path

from appliance.billing.accounts.monthly import MEASURES
from appliance.core.datafile import Located, load_json
from appliance.core.errors import Refused

FOLDER = Path(__file__).parent / "forms"
CODES = ("RMA", "CRGS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a category; an age band has bounds in completed months (no upper bound: None)."""

    code: str
    name: str
    min_months: int | None = None
    max_months: int | None = None

    def holds(self, narrower: Option) -> bool:
        """Whether this age band holds another whole."""
        if self.min_months is None or narrower.min_months is None or narrower.min_months < self.min_months:
            return False
        return self.max_months is None or (narrower.max_months is not None and narrower.max_months <= self.max_months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One row of a form. Exactly one of `kind` (facts), `measure` (stock), `money` (the books) and `is_typed` says where
    figures come from; a figure of money is typed by a centre that does not use the till."""

    code: str
    name: str
    section: str
    combo: tuple[str, ...]
    value_type: str
    kind: str | None = None
    codes: frozenset[str] | None = None
    measure: str | None = None
    money: str | None = None
    products: tuple[str, ...] = ()
    is_typed: bool = False
    is_out_of_totals: bool = False
    is_to_confirm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A cross-check: sums of elements compared; `severity` blocking or warning; the message is French data.

    `by` names the categories in whose options the sums are compared apart; none compares the whole. In the file a
    check with `each` stands for one per element that fits its star, the same star on both sides.
    """

    code: str
    left: tuple[str, ...]
    op: str
    right: tuple[str, ...]
    severity: str
    message: str
    by: tuple[str, ...] = ()
    right_times: int = 1

    def holds(self, left: int, right: int) -> bool:
        """Whether two sums agree with the check."""
        return left <= right if self.op == "<=" else left == right


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A whole form. `columns` and no elements: one line a product of the catalogue (CRGS).

    `based` names the columns whose figures say what they rest on, a count or the ledger, with the head of that on paper.
    """

    code: str
    name: str
    edition: str
    source: str
    categories: Mapping[str, tuple[Option, ...]]
    sections: tuple[tuple[str, str], ...]
    elements: tuple[Element, ...]
    checks: tuple[Check, ...]
    columns: tuple[tuple[str, str, str], ...] = ()
    based: Mapping[str, str] = field(default_factory=dict)

    def cells(self, element: Element) -> Iterator[dict[str, str]]:
        """Every disaggregation of an element, in the order of the paper."""
        for options in product(*(self.categories[c] for c in element.combo)):
            yield {c: o.code for c, o in zip(element.combo, options, strict=True)}

    def option_names(self, disaggregation: Mapping[str, str]) -> tuple[str, ...]:
        """The French names of a disaggregation's options."""
        if "column" in disaggregation:
            return tuple(name for code, name, _ in self.columns if code == disaggregation["column"])
        return tuple(
            o.name for category, code in disaggregation.items() for o in self.categories[category] if o.code == code
        )

    def element(self, code: str) -> Element | None:
        """An element by its code."""
        return next((e for e in self.elements if e.code == code), None)


@cache
def form(code: str) -> Form:
    """A form by its code; raises `Refused("no-such-form")` or, when its file is wrong, `DataFileError`."""
    if code not in CODES:
        raise Refused("no-such-form", form=code[:20])
    return load_form(FOLDER / f"{code.lower()}.json")


def load_form(file: Path) -> Form:
    """Read and check a form file; a fault is named with file and line."""
    held = load_json(file)
    if "columns" in held.content:
        columns = tuple(
            (
                held.need(("columns", i, "code"), str), held.need(("columns", i, "name"), str),
                held.need(("columns", i, "value_type"), str),
            )
            for i in range(len(held.need(("columns",), list)))
        )  # fmt: skip
        named = {c for code, _, _ in columns for c in (code, f"{code}+")} | {"days"}
        line_checks = [c for i in range(len(held.need(("checks",), list))) for c in _checks(held, i, named, set())]
        based = {
            code: held.need(("columns", i, "basis_name"), str)
            for i, (code, _, _) in enumerate(columns)
            if "basis_name" in held.need(("columns", i), dict)
        }
        return _form(held, {}, (), (), tuple(line_checks), columns, based)
    categories = {name: _options(held, name) for name in held.need(("categories",), dict)}
    sections = tuple(
        (held.need(("sections", i, "code"), str), held.need(("sections", i, "name"), str))
        for i in range(len(held.need(("sections",), list)))
    )
    seen: set[str] = set()
    elements = []
    for index in range(len(held.need(("elements",), list))):
        element = _element(held, index, categories, {s for s, _ in sections})
        if element.code in seen:
            held.fault(("elements", index, "code"), f"{element.code} stands twice")
        seen.add(element.code)
        elements.append(element)
    checks = tuple(c for i in range(len(held.need(("checks",), list))) for c in _checks(held, i, seen, set(categories)))
    return _form(held, categories, sections, tuple(elements), checks, ())


def _form(
    held: Located, categories: Mapping[str, tuple[Option, ...]], sections: tuple[tuple[str, str], ...],
    elements: tuple[Element, ...], checks: tuple[Check, ...], columns: tuple[tuple[str, str, str], ...],
    based: Mapping[str, str] | None = None,
) -> Form:  # fmt: skip
    return Form(
        code=held.need(("id",), str), name=held.need(("name",), str), edition=held.need(("edition",), str),
        source=held.need(("source",), str), categories=categories, sections=sections, elements=elements, checks=checks,
        columns=columns, based=based or {},
    )  # fmt: skip


def _options(held: Located, name: str) -> tuple[Option, ...]:
    options = []
    for i in range(len(held.need(("categories", name, "options"), list))):
        row = held.need(("categories", name, "options", i), dict)
        low, high = row.get("min_months"), row.get("max_months")
        if low is not None and high is not None and low > high:
            held.fault(("categories", name, "options", i), "has min_months above max_months")
        options.append(
            Option(
                code=held.need(("categories", name, "options", i, "code"), str),
                name=held.need(("categories", name, "options", i, "name"), str), min_months=low, max_months=high,
            )
        )  # fmt: skip
    return tuple(options)


def _element(held: Located, index: int, categories: Mapping[str, tuple[Option, ...]], sections: set[str]) -> Element:
    path = ("elements", index)
    row = held.need(path, dict)
    combo_name = held.need((*path, "combo"), str)
    combo = tuple(held.need(("combos", combo_name), list))
    for category in combo:
        if category not in categories:
            held.fault((*path, "combo"), f"uses the category {category!r}, which is not there")
    if held.need((*path, "section"), str) not in sections:
        held.fault((*path, "section"), f"{row['section']!r} is no section")
    sources = [name for name in ("facts", "stock", "money", "typed") if row.get(name)]
    if len(sources) != 1:
        held.fault(path, "must have exactly one of facts, stock, money and typed")
    facts, stock = row.get("facts") or {}, row.get("stock") or {}
    if stock and stock.get("measure") not in ("days", "any"):
        held.fault((*path, "stock", "measure"), "must be days or any")
    if row.get("money") not in (None, *MEASURES):
        held.fault((*path, "money"), f"must be one of {MEASURES}")
    if facts and not isinstance(facts.get("kind"), str):
        held.fault((*path, "facts"), "has no kind")
    return Element(
        code=held.need((*path, "code"), str), name=held.need((*path, "name"), str), section=row["section"], combo=combo,
        value_type=held.need((*path, "value_type"), str), kind=facts.get("kind"),
        codes=frozenset(facts["codes"]) if facts.get("codes") else None, measure=stock.get("measure"), money=row.get("money"),
        products=tuple(stock.get("products") or ()), is_typed=bool(row.get("typed")),
        is_out_of_totals=bool(row.get("out_of_totals")), is_to_confirm=bool(row.get("to_confirm")),
    )  # fmt: skip


def _checks(held: Located, index: int, elements: set[str], categories: set[str]) -> list[Check]:
    """A check of the file, or the several that one with `each` stands for."""
    path = ("checks", index)
    row = held.need(path, dict)
    sides = []
    for side in ("left", "right"):
        for place, code in enumerate(held.need((*path, side), list)):
            if "*" not in code and code not in elements:
                held.fault((*path, side, place), f"names {code!r}, which is no element")
        sides.append(tuple(row[side]))
    if held.need((*path, "op"), str) not in ("<=", "=="):
        held.fault((*path, "op"), "must be <= or ==")
    if held.need((*path, "severity"), str) not in ("blocking", "warning"):
        held.fault((*path, "severity"), "must be blocking or warning")
    by = tuple(row.get("by") or ())
    for category in by:
        if category not in categories:
            held.fault((*path, "by"), f"names {category!r}, which is no category")
    pairs = _each(sides[0], sides[1], elements) if row.get("each") else [(sides[0], sides[1])]
    return [
        Check(
            code=held.need((*path, "code"), str), left=left, op=row["op"], right=right, severity=row["severity"],
            message=held.need((*path, "message"), str), by=by, right_times=row.get("right_times", 1),
        )
        for left, right in pairs
    ]  # fmt: skip


def _each(
    left: tuple[str, ...], right: tuple[str, ...], elements: set[str]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """One pair of codes for each element that fits the left star and has its partner on the right."""
    (pattern,), (partner,) = left, right
    head, tail = pattern.split("*")
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for code in sorted(elements):
        if code.startswith(head) and code.endswith(tail):
            other = partner.replace("*", code[len(head) : len(code) - len(tail)])
            if other in elements:
                found.append(((code,), (other,)))
    return found
