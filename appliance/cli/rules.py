"""`appliance rules`: a pharmacist or the ministry asks a rule, without a screen and without a centre."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from appliance.cli.main import show
from appliance.cli.opening import system_clock
from appliance.cli.rule_cases import consumption_case, order_case
from appliance.cli.rule_share import share
from appliance.core.datafile import Located, parse_json, read_text
from appliance.core.errors import Refused
from appliance.core.french import number_fr
from appliance.core.periods import parse_date
from appliance.records.patients.names import compare, name_keys
from appliance.stock.barcodes.gs1 import read as read_code
from appliance.stock.consumption.average import average_monthly_consumption
from appliance.stock.consumption.model import Consumption
from appliance.stock.ordering.quantity import Proposal, propose
from appliance.web.words.codes import CODE_CAUTIONS, code_lines
from appliance.web.words.labels import CONFIDENCES
from appliance.web.words.labels import ORDER_WARNINGS as WARNINGS

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")

UNKNOWN = "CMM inconnue : tapez la quantité avec un motif."


@click.group()
def rules() -> None:
    """Ask a rule. A CASE is a JSON file, or - for standard input."""


rules.add_command(share)


@rules.command()
@click.argument("first")
@click.argument("second")
@AS_JSON
def names(first: str, second: str, as_json: bool) -> None:
    """Whether two names are one: exact, by key, or by alias."""
    found = compare(first, second)
    if as_json:
        show({"match": found is not None, "by": found, "keys": [list(name_keys(first)), list(name_keys(second))]})
        return
    said = {
        "exact": "le même nom",
        "key": "la même prononciation",
        "alias": "un nom usuel de l'autre",
        None: "deux noms",
    }
    click.echo(f"{first} / {second} : {said[found]}")


@rules.command()
@click.argument("case")
@AS_JSON
def consumption(case: str, as_json: bool) -> None:
    """Average monthly consumption (CMM) by rules A1 to A7."""
    result = average_monthly_consumption(consumption_case(_read(case)))
    if as_json:
        show(consumption_facts(result))
        return
    click.echo(consumption_label(result))
    for month in result.outliers:
        click.echo(f"  {month} : mois inhabituel, gardé")
    for month in result.open_months:
        click.echo(f"  {month} : mois non clos, laissé de côté")


@rules.command()
@click.argument("case")
@AS_JSON
def order(case: str, as_json: bool) -> None:
    """How much to order, by rules Q, X and S."""
    situation, estimate = order_case(_read(case))
    result = propose(situation)
    if as_json:
        show({**order_facts(result), "cmm": rounded(situation.cmm), "consumption": _working(estimate)})
        return
    click.echo(order_label(result))
    for code in result.warnings:
        click.echo(f"  attention : {WARNINGS.get(code, code)}")


@rules.command()
@click.argument("code")
@click.option("--on", "on", default="", help="The day that tells the century of two-digit years; today unless given.")
@AS_JSON
def gs1(code: str, on: str, as_json: bool) -> None:
    """What the CODE of a box says: GTIN, lot, expiry, serial number (GS1 DataMatrix, GS1-128, EAN-13, typed)."""
    found = read_code(code, parse_date(on) if on else system_clock().today())
    if found.fault:
        raise Refused(found.fault, cautions=[c.value for c in found.cautions])
    if as_json:
        show(found.facts())
        return
    for name, value in code_lines(found):
        click.echo(f"{name} : {value}")
    for caution in found.cautions:
        click.echo(f"  attention : {CODE_CAUTIONS[caution]}")


def consumption_label(result: Consumption) -> str:
    """A CMM said in one French sentence."""
    if result.cmm is None:
        return UNKNOWN
    window = f"{result.window[0].month} à {result.window[-1].month}"
    return (
        f"CMM {number_fr(result.cmm, 2)} par mois ({result.estimator}, {window},"
        f" {result.available_days} jours avec stock, confiance {CONFIDENCES[result.confidence.value]})"
    )


def order_label(result: Proposal) -> str:
    """A proposal said in one French sentence."""
    if result.quantity is None:
        return UNKNOWN
    return f"Besoin {number_fr(result.need or 0, 2)} ; à commander {result.quantity} ({result.packs} cond.)"


def consumption_facts(result: Consumption) -> dict[str, Any]:
    """A CMM and its working as JSON facts; `cmm` to two decimals, null when unknown."""
    return {
        "cmm": rounded(result.cmm),
        "estimator": result.estimator.value if result.estimator else None,
        "months_used": len(result.window) if result.cmm is not None else 0,
        "available_days": result.available_days,
        "confidence": result.confidence.value,
        "unknown": result.unknown,
        "label": consumption_label(result),
        "rule": result.rule,
        "naive": rounded(result.naive),
        "window": [
            {
                "month": str(m.month), "consumed": rounded(m.consumed), "days": m.month.days,
                "unavailable_days": m.unavailable_days, "unmet": rounded(m.unmet), "note": m.note,
            }
            for m in result.window
        ],
        "outliers": [str(m) for m in result.outliers],
        "open_months": [str(m) for m in result.open_months],
        "warnings": list(result.warnings),
    }  # fmt: skip


def order_facts(result: Proposal) -> dict[str, Any]:
    """A proposal as JSON facts."""
    return {
        "need": rounded(result.need), "quantity": result.quantity, "packs": result.packs,
        "at_risk": rounded(result.at_risk), "warnings": list(result.warnings), "usable": rounded(result.usable),
        "target": rounded(result.target), "label": order_label(result),
    }  # fmt: skip


def rounded(value: Fraction | None) -> int | float | None:
    """Two decimals, half up, for people to read; a whole number stays whole."""
    if value is None:
        return None
    cents = abs(value) * 100 + Fraction(1, 2)
    exact = Fraction(cents.__floor__(), 100) * (1 if value >= 0 else -1)
    return int(exact) if exact.denominator == 1 else float(exact)


def _working(estimate: Consumption | None) -> dict[str, Any] | None:
    return consumption_facts(estimate) if estimate else None


def _read(case: str) -> Located:
    if case == "-":
        text, file = sys.stdin.read(), Path("standard input")
    else:
        file = Path(case)
        text = read_text(file)
    content = parse_json(file, text)
    if not isinstance(content, dict):
        raise Refused("case-not-an-object", file=str(file), given=json.dumps(content)[:40])
    return Located(file, text, content)
