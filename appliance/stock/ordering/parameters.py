"""What the ordering rules may be set to, at which scope, and what holds until somebody sets it. Pure.

A value is looked for at the product, in the catalogue's own levels, at each of its programmes, at its supplier, at the
facility, and last among the defaults of `data/parameters.json`, which say "à confirmer" wherever they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from appliance.core.datafile import load_json
from appliance.core.errors import Refused

FILE = Path(__file__).parent / "data" / "parameters.json"
KINDS = ("count", "decimal", "choice", "supplier")
TEXT_MAX = 20


class Scope(StrEnum):
    """Where a value is set; DEFAULT and CATALOGUE are never typed on the page."""

    PRODUCT = "product"
    CATALOGUE = "catalogue"
    PROGRAMME = "programme"
    SUPPLIER = "supplier"
    FACILITY = "facility"
    DEFAULT = "default"


TYPED = (Scope.FACILITY, Scope.PROGRAMME, Scope.SUPPLIER, Scope.PRODUCT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One thing that can be set. `kind`: count (whole), decimal, choice, supplier; `unit`: months, days, units or ""."""

    name: str
    kind: str
    unit: str
    low: Fraction
    high: Fraction
    choices: tuple[str, ...]
    default: str | None
    scopes: frozenset[Scope]

    def read(self, text: str) -> str:
        """A value as it is kept: exact decimals as text. Raises `Refused("order-setting")` naming what is allowed."""
        text = text.strip().replace(",", ".")
        if self.kind == "choice":
            fits = text in self.choices
        elif self.kind == "supplier":
            fits = 2 <= len(text) <= TEXT_MAX and text.replace("-", "").isalnum()
        else:
            pattern = r"[0-9]{1,7}" if self.kind == "count" else r"[0-9]{1,4}(\.[0-9]{1,2})?"
            fits = bool(re.fullmatch(pattern, text)) and self.low <= Fraction(text) <= self.high
        if not fits:
            raise Refused("order-setting", name=self.name, low=str(self.low), high=str(self.high))
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The parameters of an edition, with what programmes and products differ in."""

    edition: str
    source: str
    parameters: Mapping[str, Parameter]
    programmes: Mapping[str, Mapping[str, str]]
    products: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value in force and where it was set: `subject` is the programme, supplier or product, empty for the centre."""

    text: str | None
    scope: Scope
    subject: str = ""

    @property
    def is_default(self) -> bool:
        """Whether nobody set it yet: shown as à confirmer."""
        return self.scope is Scope.DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Every value in force for one product."""

    values: Mapping[str, Value]

    def number(self, name: str) -> Fraction:
        """A number in force, exact."""
        return Fraction(self.values[name].text or "0")

    def count(self, name: str) -> int:
        """A whole number in force."""
        return int(self.number(name))

    def text(self, name: str) -> str:
        """A choice in force, or the empty text."""
        return self.values[name].text or ""

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """The names of those that nobody set yet."""
        return tuple(name for name, value in self.values.items() if value.is_default and value.text is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What of a product decides which values are its own."""

    code: str
    programmes: tuple[str, ...]
    supplier: str | None = None
    minimum_months: str | None = None
    maximum_months: str | None = None


Typed = Mapping[tuple[str, str, str], str]
"""Values set by people: (scope, subject, name) to text."""


def parameters_of(about: About, typed: Typed, facility_supplier: str, held: Defaults | None = None) -> Parameters:
    """Every value in force for a product.

    The supplier is found first, since other values may be set for it: the product's, its programme's, the catalogue's,
    the facility's own.
    """
    defaults = held or load_defaults()
    supplier = _found("supplier", about, typed, "", defaults)
    if supplier.text is None:
        own = about.supplier
        supplier = Value(text=own or facility_supplier, scope=Scope.CATALOGUE if own else Scope.FACILITY)
    values = {"supplier": supplier}
    for name in defaults.parameters:
        if name != "supplier":
            values[name] = _found(name, about, typed, supplier.text or "", defaults)
    return Parameters(values=values)


def of_supplier(name: str, supplier: str, programmes: tuple[str, ...], typed: Typed) -> Value:
    """A value in force for whatever is ordered from a supplier for some programmes, no product being named."""
    return _found(name, About(code="", programmes=programmes), typed, supplier, load_defaults())


def _found(name: str, about: About, typed: Typed, supplier: str, defaults: Defaults) -> Value:
    for scope, subjects in (
        (Scope.PRODUCT, (about.code,)), (Scope.PROGRAMME, about.programmes), (Scope.SUPPLIER, (supplier,)),
        (Scope.FACILITY, ("",)),
    ):  # fmt: skip
        for subject in subjects:
            if (text := typed.get((scope.value, subject, name))) is not None:
                return Value(text=text, scope=scope, subject=subject)
        if scope is Scope.PRODUCT and (text := _of_catalogue(name, about)) is not None:
            return Value(text=text, scope=Scope.CATALOGUE, subject=about.code)
    mapped: Iterable[Mapping[str, str]] = (
        defaults.products.get(about.code, {}),
        *(defaults.programmes.get(p, {}) for p in about.programmes),
    )
    text = next((held[name] for held in mapped if name in held), defaults.parameters[name].default)
    return Value(text=text, scope=Scope.DEFAULT)


def _of_catalogue(name: str, about: About) -> str | None:
    return {"minimum_months": about.minimum_months, "maximum_months": about.maximum_months}.get(name) or None


@cache
def load_defaults(file: Path = FILE) -> Defaults:
    """Read and check a parameters file; raises `DataFileError` with file, line and fault."""
    held = load_json(file)
    found: dict[str, Parameter] = {}
    for index in range(len(held.need(("parameters",), list))):
        path: tuple[str | int, ...] = ("parameters", index)
        row = held.need(path, dict)
        name, kind = held.need((*path, "name"), str), held.need((*path, "kind"), str)
        if kind not in KINDS:
            held.fault((*path, "kind"), f"{kind!r} is none of {', '.join(KINDS)}")
        scopes = held.need((*path, "scopes"), list)
        if name in found or not set(scopes) <= {s.value for s in TYPED}:
            held.fault(path, "stands twice or names another scope")
        choices = tuple(row.get("choices", ()))
        parameter = Parameter(
            name=name, kind=kind, unit=row.get("unit", ""), low=Fraction(row.get("low", 0)),
            high=Fraction(row.get("high", 0)), choices=choices, default=row.get("default"),
            scopes=frozenset(Scope(s) for s in scopes),
        )  # fmt: skip
        _check(held, (*path, "default"), parameter, parameter.default)
        found[name] = parameter
    for group in ("programmes", "products"):
        for subject, values in held.need((group,), dict).items():
            for name, text in values.items():
                if name == "why":
                    continue
                if name not in found:
                    held.fault((group, subject, name), "is no parameter")
                _check(held, (group, subject, name), found[name], text)
    content: dict[str, Any] = held.content
    return Defaults(
        edition=held.need(("edition",), str), source=held.need(("source",), str), parameters=found,
        programmes=content["programmes"], products=content["products"],
    )  # fmt: skip


def _check(held: Any, path: tuple[str | int, ...], parameter: Parameter, text: str | None) -> None:
    if text is None:
        return
    try:
        parameter.read(text)
    except Refused:
        held.fault(path, f"{text!r} does not fit {parameter.name}")
