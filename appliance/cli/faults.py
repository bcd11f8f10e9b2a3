"""What the command line says of a fault: a sentence for the person at the keyboard, its code for a script, an exit code."""

from __future__ import annotations

import json
import sys

import click

from appliance.core.errors import ApplianceError, InvariantBroken, Unreachable

EXIT_CHECK_FAILED, EXIT_REFUSED, EXIT_BROKEN, EXIT_UNREACHABLE = 1, 2, 3, 4

# What to do, by code. A code without a sentence is said as it is, with its values.
SENTENCES = {
    "amount-out-of-range": "the amount must be whole francs from 0 to {high}, not {amount}",
    "bad-date": "{text!r} is no day: write it like 2026-10-31",
    "bad-month": "{text!r} is no month: write it like 2026-10",
    "care-type-unknown": "{payer} has no rate for {care!r}",
    "clock-below-floor": "that hour lies before the last one the store is sure of",
    "code-empty": "that code is empty",
    "code-too-long": "that is longer than any code printed on a box",
    "code-unreadable": "nothing of that code can be read: scan it again, or type what is printed ({cautions})",
    "bad-expiry": "{lot!r} is no expiry: write it like 2027-02 or 2027-02-15",
    "count-again-missing": "{n} lots are left to count again",
    "count-contradicted": "{product}, lot {lot}: {n} more went out since than was counted; have it counted again",
    "count-lot": "lot {lot!r} is not on the list of this round",
    "count-open": "count {number} is under way at that place: go on with it, or abandon it",
    "count-reason-missing": "{n} lines out of tolerance need a --reason",
    "count-same-person": "{name} made the count before this one: another person must count",
    "count-uncounted": "{n} lots are not counted: count them, or say why with --note",
    "counted-since": "that lot was counted on {on}, which put this right: undoing it would do so twice",
    "no-such-count": "there is no count {count}",
    "courier-not-answering": "the courier does not answer: start it with `appliance courier --data DIR`",
    "antenatal-week": "week {week} is none of a pregnancy: give {low} to {high}",
    "dose-unknown-drug": "there is no dose table for {drug!r}: {known}",
    "dose-weight": "{given!r} is no weight: give kilograms, like 14.9",
    "disk-full": "the disk is full: nothing of this was kept; free some space and try again",
    "key-malformed": "{file} is no key (64 hexadecimal digits in small letters): put back the one that was made with the store",
    "key-missing": "there is no key {file}: no centre lies in that folder, or its key is elsewhere (APPLIANCE_KEY_FILE)",
    "key-wrong": "that key is not this store's: put back the one that was made with it",
    "link-credentials": "give --token, or --user with its password, best by --secret-file",
    "link-url": "{url!r} is no address of an instance: it begins with https:// or http:// and names a host",
    "month-not-closed": "that month is not closed yet",
    "no-link": "no link is set: `appliance link --data DIR --url … --user … --secret-file …`",
    "no-such-form": "there is no form {form!r}: RMA and CRGS are known",
    "no-such-product": "no product has the code {product!r}: codes are written as in the product list, like MLS004",
    "payer-unknown": "no payer has the code {payer!r} on {on}",
    "payers-no-edition": "no payers' file holds on {on}",
    "growth-measure": "{field} must be from {low} to {high}",
    "pack-unknown": "name one pack: {known}",
    "pcime-age": "give age_days (0 to 59) or age_months (0 to 59)",
    "pcime-finding": "{finding} {value!r} is no finding of the pack, or no value of it",
    "plan-out-of-range": "{months} months for {population} people can't be lived: give 1 to 120 months and 100 to 200000 people",
    "port-busy": "port {port} is busy, or may not be used: choose another with --port",
    "resident-not-running": "the resident process does not run: start it with `appliance serve --data DIR`",
    "count-stale": "money moved since the count: count again",
    "no-such-staff": "nobody at the centre is called {staff!r}",
    "till-not-open": "no till called {till!r} is open",
    "till-too-low": "there are only {left} FCFA in the till",
    "variance-reason": "the count differs by {variance} FCFA and is saved: close again with --reason",
    "opening-variance": "the last closing left {left} FCFA and {counted} were counted: count again, or give --reason",
    "vaccine-born-later": "{born} lies after {on}",
    "vaccine-day": "the dose of {antigen} on {on} lies before the birth or after the day asked about",
    "vaccine-given": "row {row} of the doses given needs an antigen and a day, both as text",
    "vaccine-unknown": "{antigen!r} has no series in the calendar: {known}",
    "store-damaged": "the store is damaged ({where}: {fault}). It is left as it is; restore it from a backup",
    "store-exists": "a centre lies in {directory} already, and is never written over: choose another folder",
    "store-in-use": "another command or the resident process holds the store ({file}): wait for it, or stop it",
    "store-missing": "no centre lies in {directory}",
    "store-newer": "the store was made by a newer release of this program: install that release",
}


def exit_code(fault: ApplianceError) -> int:
    """The exit code of a fault."""
    if isinstance(fault, InvariantBroken):
        return EXIT_BROKEN
    return EXIT_UNREACHABLE if isinstance(fault, Unreachable) else EXIT_REFUSED


def say_fault(fault: ApplianceError) -> None:
    """Say a fault on standard error; as JSON where `--json` was asked for."""
    if "--json" in sys.argv:
        click.echo(json.dumps({"error": fault.code, "params": _plain(fault.params)}, ensure_ascii=False), err=True)
    elif isinstance(faults := fault.params.get("faults"), list):
        click.echo("\n".join([f"appliance: {fault.code}", *(f"  {line}" for line in faults)]), err=True)
    else:
        click.echo(f"appliance: {sentence(fault)}", err=True)


def say_os_fault(fault: OSError) -> None:
    """Say what the system refused (a folder that is missing, a file that may not be written, a full disk)."""
    file, why = str(fault.filename or ""), fault.strerror or str(fault)
    if "--json" in sys.argv:
        click.echo(json.dumps({"error": "system", "params": {"file": file, "why": why}}, ensure_ascii=False), err=True)
    else:
        click.echo(f"appliance: {file or 'system'}: {why}", err=True)


def sentence(fault: ApplianceError) -> str:
    """The sentence of a fault with its code; the bare code and values where there is none or a value is missing."""
    try:
        return f"{SENTENCES[fault.code].format(**fault.params)} [{fault.code}]"
    except KeyError:
        return str(fault)


def _plain(params: dict[str, object]) -> dict[str, object]:
    return {k: v if isinstance(v, (str, int, float, bool, list, type(None))) else str(v) for k, v in params.items()}
