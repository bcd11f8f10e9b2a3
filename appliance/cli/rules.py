"""`appliance rules`: a pharmacist or the ministry asks a rule, without a screen and without a centre."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import click

from appliance.cli.clinical_rules import COMMANDS
from appliance.cli.main import show
from appliance.cli.opening import system_clock
from appliance.cli.rule_cases import consumption_case, order_case, read_case
from appliance.cli.rule_share import share
from appliance.cli.vaccine_rules import sessions, wastage
from appliance.core.errors import Refused
from appliance.core.french import number_fr
from appliance.core.periods import parse_date
from appliance.records.patients.names import compare, name_keys
from appliance.stock.barcodes.gs1 import read as read_code
from appliance.stock.consumption.average import average_monthly_consumption
from appliance.stock.consumption.model import Consumption
from appliance.stock.ordering.quantity import Proposal
from appliance.stock.ordering.working import Working, work_out
from appliance.web.words.codes import CODE_CAUTIONS, code_lines
from appliance.web.words.labels import CONFIDENCES
from appliance.web.words.labels import ORDER_WARNINGS as WARNINGS

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")

UNKNOWN = "CMM inconnue : tapez la quantité avec un motif."


@click.group()
def rules() -> None:
    """Ask a rule. A CASE is a JSON file, or - for standard input."""


for _command in COMMANDS:
    rules.add_command(_command)


rules.add_command(share)
rules.add_command(wastage)
rules.add_command(sessions)


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
    """Average monthly consumption (CMM) by rules A1 to A7.

    \b
    CASE: {"as_of": "2026-09-30", "first_receipt": null or a date, "window_months": 3,
     "months": [{"month": "2026-07", "consumed": 300, "stockout_days": 0, "unmet": 0, "unmet_captured": 0.0,
                 "source": "papier", "excluded": {"by": NAME, "reason": TEXT}}, ...]}
    Months stand oldest first; an absent one counts no use and no day with stock. `consumed` is net of reversals and
    may be below 0. `unmet_captured` is the share of the stock-out days on which prescriptions were captured.

    \b
    Answer: cmm (null: unknown), estimator (A1, A2, null), months_used, available_days, confidence (good, fair, low),
    unknown, label, rule (A1, A2, A3, A3-season, A4, unknown), naive (the plain mean), window (month by month),
    outliers and open_months (kept apart), warnings (first-receipt-contradicted, negative-month).
    """
    result = average_monthly_consumption(consumption_case(read_case(case)))
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
    """How much to order, by rules Q, X, S, M and E.

    \b
    CASE: a case of `rules consumption`, or {"cmm": 120}; with
     "usable": 130 or "lots": [{"quantity": 60, "days_left": 15}], "pack": 100, "shelf_life_months": null,
     "on_order": 100 or [{"quantity": 100, "age_days": 20}], "reserved": 0, "loans_due_in": 0, "loans_due_out": 0,
     "kind": "normal" or "emergency",
     "max_months": 3, "min_months": 1, "eop_months": 0.5, or these computed from
     "lead_time_days": 14, "emergency_lead_time_days": 7, "safety_months": 0.5, "review_months": 1,
     "observed_lead_times": [12, 15, ...] and "observed_emergency_lead_times": five and more outweigh the defaults,
     "least_life_months": the shortest life at arrival, which caps the order (absent: no cap),
     "season_index": 1, or "season_history": [{"month": "2025-07", "consumed": 300}, ...] with "as_of",
     or "season_profile": twelve numbers, January first, for fewer than twelve months of history.

    \b
    Answer: need (below 0: surplus), quantity, packs, at_risk, warnings, usable, target, label, cmm, consumption,
    months_of_stock, band, stockout_near, dormant, notices, min, max, eop (base units) and min_months, max_months, eop_months,
    levels (typed, computed, learned), lead_time_days, on_order (what counts), season_index, season (given, history,
    profile, none, off), plain (what the plain mean proposes), gaps (why the needs differ, by reason).
    """
    result = work_out(order_case(read_case(case)))
    if as_json:
        show(working_facts(result))
        return
    click.echo(order_label(result.proposal))
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


def working_facts(result: Working) -> dict[str, Any]:
    """A line of an order with its whole working as JSON facts."""
    levels, cmm, plain = result.case.levels, result.cmm, result.plain
    low, high, emergency = levels.in_units(cmm) if cmm is not None else (None, None, None)
    return {
        **order_facts(result.proposal), "cmm": rounded(cmm), "consumption": _working(result.case.consumption),
        "months_of_stock": rounded(result.months), "band": result.band.value, "stockout_near": result.is_stockout_near,
        "dormant": result.is_dormant, "notices": list(result.notices), "min": rounded(low), "max": rounded(high), "eop": rounded(emergency),
        "min_months": rounded(levels.minimum), "max_months": rounded(levels.maximum),
        "eop_months": rounded(levels.emergency), "levels": levels.origin,
        "lead_time_days": rounded(result.case.lead_time_days), "on_order": rounded(result.on_order),
        "season_index": rounded(result.case.season.index), "season": result.case.season.origin,
        "plain": plain and {"cmm": rounded(plain.cmm), "need": rounded(plain.need), "quantity": plain.quantity},
        "gaps": [{"reason": gap.reason, "units": rounded(gap.units)} for gap in result.gaps],
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
