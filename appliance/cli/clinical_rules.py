"""`appliance rules` for care: growth, vaccines, antenatal contacts, doses, the sick child, and the packs' own vectors."""

from __future__ import annotations

import sys
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from appliance.cli.faults import EXIT_CHECK_FAILED
from appliance.cli.main import show
from appliance.core.datafile import parse_json, read_text
from appliance.core.errors import Refused
from appliance.core.french import number_fr
from appliance.core.periods import parse_date
from appliance.records.rules import packs
from appliance.records.rules.antenatal.contacts import contacts
from appliance.records.rules.childhood.classify import classify as classify_child
from appliance.records.rules.childhood.classify import finding_names
from appliance.records.rules.dosing.doses import Dosage, Person, dosage, number
from appliance.records.rules.growth.zscores import Measures, growth
from appliance.records.rules.immunization.status import DoseStatus, Given, vaccines
from appliance.web.words.labels import DOSE_REFUSALS

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
SEX = click.option("--sex", type=click.Choice(["F", "M"]), required=True)
DOSE_STATUSES = {
    "given": "faite", "invalid": "non valable", "due": "à faire", "overdue": "en retard", "upcoming": "à venir",
    "too_late": "trop tard",
}  # fmt: skip


@click.command()
@SEX
@click.option("--age-days", type=int, required=True, help="Completed days of age, 0 to 1856.")
@click.option("--weight-kg", type=float)
@click.option("--length-cm", type=float, help="Length (lying) or height (standing).")
@click.option(
    "--position", type=click.Choice(["lying", "standing"]), help="How the length was taken; else as the age asks."
)
@click.option("--muac-mm", type=float, help="Mid-upper arm circumference in millimetres.")
@click.option("--oedema", is_flag=True, help="Pitting oedema of both feet.")
@AS_JSON
def zscore(
    sex: str, age_days: int, weight_kg: float | None, length_cm: float | None, position: str | None, muac_mm: float | None,
    oedema: bool, as_json: bool,
) -> None:  # fmt: skip
    """Z-scores of a child by the WHO standards, and the class of acute malnutrition (normal, MAM, MAS)."""
    found = growth(
        Measures(
            sex=sex, age_days=age_days, weight_kg=weight_kg, length_cm=length_cm, position=position, muac_mm=muac_mm,
            oedema=oedema,
        )
    )  # fmt: skip
    if as_json:
        show(
            {**found.scores, "class": found.classified, "flags": list(found.flags), "because": list(found.because)}
        )  # fmt: skip
        return
    for name, score in found.scores.items():
        if score is not None:
            doubt = "  (invraisemblable : remesurer)" if name in found.flags else ""
            click.echo(f"{name:6} {number_fr(Fraction(str(score)), 2)}{doubt}")
    click.echo(f"classe : {found.classified or 'inconnue, rien de ce qui décide n’est mesuré'}")


@click.command("vaccines")
@click.option("--born", required=True, help="Day of birth, 2026-03-01.")
@SEX
@click.option("--on", required=True, help="The day asked about.")
@click.option("--given", "given_file", help='JSON file, or -: [{"antigen": "PENTA", "on": "2026-04-12"}].')
@click.option("--district-packs", default="", help="Packs of the district, separated by commas: r21.")
@AS_JSON
def vaccine_doses(born: str, sex: str, on: str, given_file: str | None, district_packs: str, as_json: bool) -> None:
    """Every dose of the calendar as it stands on a day."""
    districts = [name.strip() for name in district_packs.split(",") if name.strip()]
    given = _given(given_file) if given_file else []
    found = vaccines(parse_date(born), sex, parse_date(on), given, districts)
    if as_json:
        show({"doses": [_dose_facts(d) for d in found]})
        return
    for d in found:
        when = f" le {d.given:%d/%m/%Y}" if d.given else f" dès le {d.due:%d/%m/%Y}" if d.due else ""
        click.echo(f"{d.antigen:6}{d.dose:2}  {DOSE_STATUSES[d.status]}{when}")


@click.command()
@click.option("--first-contact-week", type=int, required=True, help="Completed weeks at the first contact.")
@click.option("--schedule", type=click.Choice(["8", "4"]), default="8", help="Eight contacts (WHO) or the four visits.")
@AS_JSON
def antenatal(first_contact_week: int, schedule: str, as_json: bool) -> None:
    """The weeks of the antenatal contacts after the first one."""
    weeks = contacts(first_contact_week, schedule)
    if as_json:
        show({"contacts": list(weeks)})
        return
    click.echo("semaines : " + (", ".join(str(w) for w in weeks) or "plus aucune, référer pour l'accouchement"))


@click.command()
@click.argument("drug")
@click.option("--weight-kg", help="Weight of today, as 14.9.")
@click.option("--age-months", type=int, help="Completed months.")
@click.option("--pregnancy-week", type=int, help="Completed weeks of pregnancy.")
@AS_JSON
def dose(drug: str, weight_kg: str | None, age_months: int | None, pregnancy_week: int | None, as_json: bool) -> None:
    """The dosage of a medicine of the tables, or why it is refused."""
    person = Person(weight_kg=_kilograms(weight_kg), age_months=age_months, pregnancy_week=pregnancy_week)
    found = dosage(drug, person)
    if as_json:
        show(_dosage_facts(found))
        return
    if found.refused or found.quantity is None:
        click.echo(f"{found.label} : {DOSE_REFUSALS[found.refused or '']}")
        return
    hours = ", ".join(f"{h} h" for h in found.times_hours)
    click.echo(
        f"{found.label} : {number_fr(found.quantity, 2)} {found.unit} à {hours} ({found.doses} prises). {found.advice}"
    )


@click.command()
@click.argument("case", default="-")
@click.option("--findings", is_flag=True, help="List the findings that a case may hold, and their values.")
@AS_JSON
def classify(case: str, findings: bool, as_json: bool) -> None:
    """Classify a sick child of 0 to 59 months; CASE is a JSON file of findings, or -. An absent key is unknown.

    \b
    CASE: {"age_months": 20, "convulsions": false, "cough": true, "respiratory_rate": 44}; age_days where it is known.
    """
    if findings:
        _show_findings(as_json)
        return
    held = _read(case)
    if not isinstance(held, dict):
        raise Refused("case-not-an-object", file=case, given=str(held)[:40])
    found = classify_child(held)
    if as_json:
        show(
            {
                "classes": [{"topic": g.topic, "code": g.code, "colour": g.colour, "because": list(g.because), "label": g.text} for g in found.classes],
                "refer": found.refer, "unsure": [{"topic": o.topic, "code": o.code, "ask": list(o.ask)} for o in found.unsure],
            }
        )  # fmt: skip
        return
    for g in found.classes:
        click.echo(f"{g.colour:6} {g.text}")
    for o in found.unsure:
        click.echo(f"?      {o.code} : demander {', '.join(o.ask)}")


@click.command()
@click.argument("names", metavar="[PACK]...", nargs=-1)
@click.option("--file", "file", type=click.Path(path_type=Path), help="Another edition of the one pack named.")
@AS_JSON
def check(names: tuple[str, ...], file: Path | None, as_json: bool) -> None:
    """Run the vectors of the rule packs; exit 1 when one is not answered as its source says."""
    for name in names:
        if name not in packs.KNOWN:
            raise Refused("pack-unknown", pack=name[:40], known=", ".join(packs.KNOWN))
    if file and len(names) != 1:
        raise Refused("pack-unknown", pack="", known=", ".join(packs.KNOWN))
    found = {name: packs.checked(name, file) for name in names or packs.KNOWN}
    if as_json:
        show({"packs": [_pack_facts(c) for c in found.values()]})
    else:
        for name, c in found.items():
            doubt = "" if c.header.is_confirmed else ", à confirmer"
            click.echo(f"{name} {c.header.edition}{doubt} : {c.vectors - len(c.missed)} vecteurs sur {c.vectors}")
            for miss in c.missed:
                click.echo(
                    f"  vecteur {miss.vector} {miss.note} : attendu {dict(miss.expected)}, obtenu {dict(miss.found)}"
                )
    if any(c.missed for c in found.values()):
        sys.exit(EXIT_CHECK_FAILED)


COMMANDS = (zscore, vaccine_doses, antenatal, dose, classify, check)


def _show_findings(as_json: bool) -> None:
    known = finding_names()
    if as_json:
        show({"findings": known})
        return
    for name, finding in known.items():
        values = finding.get("of") or (
            "true, false" if finding["kind"] == "yes_no" else f"{finding['low']} à {finding['high']}"
        )
        click.echo(f"{name:24} {values if isinstance(values, str) else ', '.join(values)}  {finding['text']}")


def _kilograms(text: str | None) -> Fraction | None:
    if text is None:
        return None
    try:
        weight = Fraction(text.replace(",", "."))
    except (ValueError, ZeroDivisionError):
        raise Refused("dose-weight", given=text[:20]) from None
    if not 0 < weight < 400:
        raise Refused("dose-weight", given=text[:20])
    return weight


def _read(name: str) -> Any:
    if name == "-":
        return parse_json(Path("standard input"), sys.stdin.read())
    return parse_json(Path(name), read_text(Path(name)))


def _given(name: str) -> list[Given]:
    rows = _read(name)
    if not isinstance(rows, list):
        raise Refused("case-not-an-object", file=name, given=str(rows)[:40])
    found = []
    for index, row in enumerate(rows):
        if not isinstance(row, dict) or not isinstance(row.get("antigen"), str) or not isinstance(row.get("on"), str):
            raise Refused("vaccine-given", row=index + 1)
        found.append(Given(antigen=row["antigen"].upper(), on=parse_date(row["on"])))
    return found


def _dose_facts(d: DoseStatus) -> dict[str, Any]:
    def day(when: date | None) -> str | None:
        return when.isoformat() if when else None

    return {
        "antigen": d.antigen, "dose": d.dose, "status": d.status, "earliest": day(d.earliest), "due": day(d.due),
        "latest": day(d.latest), "given": day(d.given), "because": d.because,
    }  # fmt: skip


def _dosage_facts(found: Dosage) -> dict[str, Any]:
    quantity = None if found.quantity is None else {"quantity": number(found.quantity), "unit": found.unit}
    most = None if found.quantity_to is None else number(found.quantity_to)
    return {
        "per_dose": quantity, "up_to": most, "doses": found.doses, "days": found.days, "times": list(found.times_hours),
        "refused": found.refused, "label": found.label, "advice": found.advice,
        "volume_ml": {route: number(ml) for route, ml in found.volume_ml.items()} if found.volume_ml else None,
    }  # fmt: skip


def _pack_facts(c: packs.Checked) -> dict[str, Any]:
    h = c.header
    return {
        "id": h.id, "edition": h.edition, "title": h.title, "source": h.source, "confirmed": h.is_confirmed,
        "valid_from": h.valid_from.isoformat(), "valid_to": h.valid_to.isoformat() if h.valid_to else None,
        "vectors": c.vectors,
        "failed": [{"vector": m.vector, "note": m.note, "expected": dict(m.expected), "found": dict(m.found)} for m in c.missed],
    }  # fmt: skip
