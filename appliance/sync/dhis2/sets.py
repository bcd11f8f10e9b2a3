"""A data set read in two pieces: its elements with the UIDs of their category combinations, and those combinations once.

Nested, the same dozen combinations stand under each of several hundred elements: a megabyte for two monthly forms
from a server that does not compress. Apart, each is told once. A server that refuses the list, or hides one
combination in it, is asked for the nested form, and again so the next time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from appliance.sync.dhis2.book import COMBOS, PULL, combos_wanted
from appliance.sync.dhis2.client import Client
from appliance.sync.dhis2.codes import Fate, Outcome
from appliance.sync.dhis2.journal import Journal, of_get
from appliance.sync.dhis2.transport import parse

BRIEF_FIELDS = "id,code,name,lastUpdated,version"
_COMBO = "id,isDefault,categoryOptionCombos[id,code,name,categoryOptions[code,name]]"
_SAMPLE = "id,name,periodType,categoryCombo[id,isDefault,categoryOptionCombos[id,code,name]]"
_SET = (
    "id,code,name,version,lastUpdated,periodType,openFuturePeriods,expiryDays,timelyDays,"
    "compulsoryFieldsCompleteOnly,validCompleteOnly,noValueRequiresComment,workflow[id],"
    "categoryCombo[id,isDefault,categoryOptionCombos[id,code,name]],"
    "compulsoryDataElementOperands[dataElement[id],categoryOptionCombo[id]],"
    "dataInputPeriods[period[id],openingDate,closingDate],"
)
_ELEMENT = "id,code,name,valueType,zeroIsSignificant,aggregationType"
APART_FIELDS = f"{_SET}dataSetElements[categoryCombo[id],dataElement[{_ELEMENT},categoryCombo[id]]]"
NESTED_FIELDS = f"{_SET}dataSetElements[categoryCombo[{_COMBO}],dataElement[{_ELEMENT},categoryCombo[{_COMBO}]]]"
SAMPLE_FIELDS = f"{_SAMPLE},dataSetElements[categoryCombo[id],dataElement[id,valueType,categoryCombo[id]]]"
"""Enough of a set to find one place where a figure could go."""
_IDS_MAX = 50
"""Identifiers in one request: the address stays near 1,000 characters, and one page of a server that pages anyway holds them."""
_REFUSALS = (400, 403, 404, 405, 409, 414)


def pull_set(client: Client, journal: Journal, uid: str, held: Mapping[str, Any]) -> dict[str, Any] | None:
    """A data set with its combinations; `{}` when nothing changed, None when the journal holds why it could not be read.

    `held` is what is known of the last pull: `etag`, `nested`, `combos` (rows of identifiers and the ETag they came
    with). The answer has `etag`, `body` (None: unchanged), `combos` (those told anew beside an unchanged body) and `rows`
    (what `held` will say as `combos` the next time).
    """
    nested, etag = bool(held.get("nested")), held.get("etag")
    answer = client.get(f"dataSets/{uid}", {"fields": NESTED_FIELDS if nested else APART_FIELDS}, etag)
    if answer.status == 304 and etag:
        journal.add("data-set", answer, Outcome(fate=Fate.ACCEPTED, code="unchanged"))
        return {} if nested else _changed_combos(client, journal, uid, held)
    outcome, body = of_get(answer), parse(answer.body)
    if outcome.fate is Fate.ACCEPTED and body.get("id") != uid:
        outcome = Outcome(fate=Fate.RETRY, code="not-dhis2")
    if not journal.add("data-set", answer, outcome):
        return None
    found: dict[str, Any] = {}
    rows: list[list[Any]] = []
    if not nested:
        try:
            for batch in _batches(combos_wanted(body)):
                told = combos(client, journal, batch)
                if told is None:
                    return None
                found |= told[1]
                rows.append([list(batch), told[0]])
        except ListRefused:
            return pull_set(client, journal, uid, {"nested": True})
    return {
        "etag": answer.headers.get("etag"), "body": {**body, COMBOS: found, PULL: {"nested": nested, "combos": rows}},
        "combos": {}, "rows": rows,
    }  # fmt: skip


class ListRefused(Exception):
    """The server does not list category combinations to this account, or not all of them."""


def combos(
    client: Client, journal: Journal, ids: Sequence[str], etag: str | None = None
) -> tuple[str | None, dict[str, Any]] | None:
    """These category combinations by UID with the answer's ETag; nothing when unchanged, None when the journal holds why.

    Raises `ListRefused`.
    """
    asked = {"filter": f"id:in:[{','.join(ids)}]", "fields": _COMBO, "paging": "false"}
    answer = client.get("categoryCombos", asked, etag)
    if answer.status == 304 and etag:
        journal.add("categoryCombos", answer, Outcome(fate=Fate.ACCEPTED, code="unchanged"))
        return etag, {}
    told = parse(answer.body)
    if answer.status in _REFUSALS and isinstance(told, dict):
        journal.add("categoryCombos", answer, Outcome(fate=Fate.ACCEPTED, code="unreadable"))
        raise ListRefused
    if not journal.add("categoryCombos", answer, of_get(answer)):
        return None
    rows = told.get("categoryCombos")
    found = {
        str(c["id"]): c
        for c in (rows if isinstance(rows, list) else ())
        if isinstance(c, dict) and c.get("id") in ids and isinstance(c.get("categoryOptionCombos"), list)
    }
    if len(found) < len(set(ids)):
        raise ListRefused
    return answer.headers.get("etag"), found


def _changed_combos(client: Client, journal: Journal, uid: str, held: Mapping[str, Any]) -> dict[str, Any] | None:
    """The set stands as it was: its combinations may still have moved, for a new option does not touch the set."""
    changed: dict[str, Any] = {}
    rows: list[list[Any]] = []
    for ids, etag in held.get("combos") or ():
        try:
            told = combos(client, journal, ids, etag)
        except ListRefused:
            return pull_set(client, journal, uid, {"nested": True})
        if told is None:
            return None
        changed |= told[1]
        rows.append([ids, told[0]])
    return {"etag": held.get("etag"), "body": None, "combos": changed, "rows": rows} if changed else {}


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(ids), _IDS_MAX):
        yield ids[at : at + _IDS_MAX]
