"""Testing a link as a technician sets it: what is there, what is missing, and whether a figure would be taken.

The last check is a dry-run POST: a token for reading only, or with other methods, shows itself only there. No
`completeDate` goes with it, since up to 2.42 a dry run does not hold that back.
"""

from __future__ import annotations

from typing import Any

from appliance.sync.dhis2.book import COMBOS, DEFAULT_COMBO, Book, Element, combos_wanted
from appliance.sync.dhis2.client import Client
from appliance.sync.dhis2.codes import Fate, Outcome, kind_of
from appliance.sync.dhis2.journal import Journal, of_get
from appliance.sync.dhis2.outcomes import Sent, of_import
from appliance.sync.dhis2.payloads import data_values
from appliance.sync.dhis2.pulling import ORG_UNIT_FIELDS, default_combo, one_of
from appliance.sync.dhis2.sending import PARAMETERS
from appliance.sync.dhis2.sets import NESTED_FIELDS, SAMPLE_FIELDS, ListRefused, combos
from appliance.sync.dhis2.transport import of_failure, parse

OLDEST = 38
_ONE_IS_GOOD = ("INTEGER", "INTEGER_ZERO_OR_POSITIVE", "INTEGER_POSITIVE", "NUMBER")
_RIGHTS = {"ALL", "F_DATAVALUE_ADD"}


def probe(client: Client, journal: Journal, job: dict[str, Any]) -> None:
    """Every check into `found["checks"]`: `{"check", "ok", "code", "what"}`; a failed one hides none that follows."""
    checks: list[dict[str, Any]] = []
    journal.found["checks"] = checks

    def say(check: str, ok: bool, code: str = "", what: str = "") -> None:
        checks.append({"check": check, "ok": ok, "code": code, "what": what})

    minor = journal.found.get("minor")
    say("version", minor is not None and minor >= OLDEST, "" if minor else "version-unknown", journal.found["version"])
    answer = client.get("me", {"fields": "id,username,authorities,organisationUnits[id,code,name],dataSets,programs"})
    if not journal.add("me", answer, of_get(answer)):
        say("account", False, journal.code)
        return
    me = parse(answer.body)
    say("account", True, "", str(me.get("username") or ""))
    rights = me.get("authorities")
    if isinstance(rights, list):
        say("rights", bool(_RIGHTS.intersection(map(str, rights))), "no-data-entry-right")
    unit = one_of(client, journal, "organisationUnits", job["org_unit"], ORG_UNIT_FIELDS)
    say(
        "org-unit",
        unit is not None,
        "" if unit else journal.code,
        f"{unit.get('name', '')}" if unit else job["org_unit"],
    )
    default = default_combo(client, journal) if unit else None
    for form, name in job["data_sets"].items():
        brief = one_of(client, journal, "dataSets", name, "id,code,name")
        if brief is None:
            say(f"data-set {form}", False, journal.code, name)
            continue
        say(f"data-set {form}", True, "", str(brief.get("name") or name))
        if unit is not None:
            _try_form(client, journal, (form, brief["id"], unit, default, job["period"]), say)
    failed = next((c for c in checks if not c["ok"]), None)
    journal.end(
        Outcome(fate=Fate.ACCEPTED, code="success")
        if failed is None
        else Outcome(fate=Fate.PERSON, code=failed["code"] or "test-failed")
    )


def _try_form(
    client: Client, journal: Journal, about: tuple[str, str, dict[str, Any], str | None, str], say: Any
) -> None:
    form, uid, unit, default, period = about
    assigned = unit.get("dataSets")
    if isinstance(assigned, list) and uid not in {x.get("id") for x in assigned if isinstance(x, dict)}:
        say(f"assigned {form}", False, "data-set-not-assigned", str(unit.get("name") or ""))
    body = _sampled(client, journal, uid)
    if body is None:
        say(f"read {form}", False, journal.code)
        return
    book = Book(body | ({DEFAULT_COMBO: default} if default else {}))
    if book.period_type != "Monthly":
        say(f"period {form}", False, "period-type", book.period_type)
    if not book.is_plain:
        say(f"attributes {form}", False, "data-set-attributes", book.name)
    pair = _sample(book)
    if pair is None:
        say(f"write {form}", False, "data-set-empty", book.name)
        return
    element, combo = pair
    payload = data_values(uid, period, unit["id"], [((element.uid, combo), "1")])
    sent = Sent(values=1, counted=0)  # whether a dry run is counted is not this test's question
    answer = client.post("dataValueSets", {**PARAMETERS, "dryRun": "true"}, payload, compress=True)
    outcome = (
        of_failure(answer.failure) if answer.failure else of_import(answer.status, answer.headers, answer.body, sent)
    )
    journal.add("dry-run", answer, outcome)
    # A locked month is no fault of the link: the next one will be open.
    is_good = outcome.code == "success" or kind_of(outcome.code) in ("lock", "not-yet")
    said = next((c.text for c in outcome.conflicts if c.text), "")
    say(f"write {form}", is_good, "" if is_good else outcome.code, said)


def _sampled(client: Client, journal: Journal, uid: str) -> dict[str, Any] | None:
    """A set with the combination of one element in which a 1 is a good value; None when the journal says why not."""
    answer = client.get(f"dataSets/{uid}", {"fields": SAMPLE_FIELDS})
    if not journal.add("data-set", answer, of_get(answer)):
        return None
    body: dict[str, Any] = parse(answer.body)
    entries = body.get("dataSetElements")
    good = [
        e for e in (entries if isinstance(entries, list) else ())
        if isinstance(e, dict) and (e.get("dataElement") or {}).get("valueType") in _ONE_IS_GOOD
    ]  # fmt: skip
    wanted = combos_wanted({"dataSetElements": good[:1]})[:1]  # the set's own combination outweighs the element's
    if not wanted:
        return body
    try:
        told = combos(client, journal, wanted)
    except ListRefused:
        answer = client.get(f"dataSets/{uid}", {"fields": NESTED_FIELDS})
        return parse(answer.body) if journal.add("data-set", answer, of_get(answer)) else None
    return None if told is None else {**body, "dataSetElements": good[:1], COMBOS: told[1]}


def _sample(book: Book) -> tuple[Element, str] | None:
    """Some place where a 1 is a good value."""
    for element in book.elements.values():
        if element.value_type in _ONE_IS_GOOD:
            for combo in (*element.combos, *([element.default] if element.default else [])):
                return element, combo
    return None
