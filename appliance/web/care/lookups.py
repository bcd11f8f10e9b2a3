"""Looking things up while typing: diagnoses by local words, and what each measure says."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from appliance.records.care import diagnoses
from appliance.web.pages import fragment
from appliance.web.reading import in_reader


@get("/diagnostics", opt={"tab": "consultation", "level": "read"})
@in_reader
def diagnosis_list(request: Request[Any, Any, Any], trouver: str = "") -> Response[bytes]:
    """The diagnoses that fit what is typed: French or local words, synonyms, the ICD-10 code."""
    found = diagnoses.search(trouver, limit=8) if trouver.strip() else []
    return fragment(request, "visits/diagnoses.html", found=found, typed=trouver.strip())


HANDLERS = [diagnosis_list]
