"""`appliance rules share`: both shares of an amount by the payers' file that holds on a day."""

from __future__ import annotations

import click

from appliance.billing.payers.editions import default_rounding, edition_on, national_payer
from appliance.billing.payers.model import split
from appliance.cli.main import show
from appliance.cli.opening import AS_JSON, system_clock
from appliance.core.french import date_short, fcfa, fold
from appliance.core.periods import parse_date


@click.command()
@click.option("--payer", required=True, help="The payer's code, such as AMO-CMSS, RAMED or MUTUELLE.")
@click.option("--care", default="ambulatoire", show_default=True, help="The type of care, such as hospitalisation.")
@click.option("--amount", type=int, required=True, help="The amount, in whole FCFA.")
@click.option("--on", "on", default="", help="The day of care, as 2026-11-01; today when it is not given.")
@AS_JSON
def share(payer: str, care: str, amount: int, on: str, as_json: bool) -> None:
    """What a payer bears of an amount, and what is left to the patient; what cash rounds stands apart."""
    day = parse_date(on) if on else system_clock().today()
    found = national_payer(payer, day)
    care = fold(care)
    rate = found.basis_points(care)
    shares, rounding = split(amount, rate), default_rounding()
    cash = rounding.payable(shares.patient)
    if as_json:
        show({
            "payer": shares.payer, "patient": shares.patient, "amount": amount, "payer_code": found.code, "care": care,
            "basis_points": rate, "on": day.isoformat(), "edition": found.edition, "confirmed": found.is_confirmed,
            "cash": cash, "rounding": cash - shares.patient, "rounding_rule": rounding.rule,
        })  # fmt: skip
        return
    care_label = edition_on(day).care_types[care].lower()
    click.echo(
        f"{found.label}, {care_label}, le {date_short(day)} : {fcfa(shares.payer)} pour le payeur,"
        f" {fcfa(shares.patient)} pour le patient ({fcfa(cash)} en espèces)"
        + ("" if found.is_confirmed else " ; taux à confirmer")
    )
