"""The import summary and the envelope round it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from appliance.standin.wire.answers import Answer, envelope, json_answer

Json = dict[str, Any]
_OLD_WORDS = {
    "SUCCESS": "Import was successful.",
    "WARNING": "One more conflicts encountered, please check import summary.",
    "ERROR": "An error occurred, please check import summary.",
}
_NEW_WORDS = {**_OLD_WORDS, "WARNING": "Import completed with warnings, please check import summary."}


@dataclass(slots=True)
class Result:
    """An import summary in the making."""

    imported: int = 0
    updated: int = 0
    ignored: int = 0
    deleted: int = 0
    conflicts: list[Json] = field(default_factory=list)
    rejected: set[int] = field(default_factory=set)
    is_error: bool = False
    complete: str = "false"
    description: str = "Import process completed successfully"

    @property
    def status(self) -> str:
        """SUCCESS, WARNING (some values refused, the others stored) or ERROR (nothing stored)."""
        return "ERROR" if self.is_error else "WARNING" if self.conflicts else "SUCCESS"

    def nothing(self, ignored: int) -> None:
        """Nothing of the group is stored; the old engine counts the values as ignored, the new one counts none."""
        self.is_error, self.ignored = True, ignored
        self.imported = self.updated = self.deleted = 0
        self.rejected.clear()

    def summary(self) -> Json:
        """The import summary."""
        counts = {n: getattr(self, n) for n in ("imported", "updated", "ignored", "deleted")}
        return {
            "responseType": "ImportSummary", "status": self.status, "importOptions": {}, "description": self.description,
            "importCount": counts, "conflicts": self.conflicts, "rejectedIndexes": sorted(self.rejected),
            "dataSetComplete": self.complete,
        }  # fmt: skip


def answer(summary: Json, warning_http: int, *, plain: bool, old: bool = True) -> Answer:
    """The summary in its envelope; bare and always 200 where a version path below 38 was used on 2.38 to 2.41."""
    if plain:
        return json_answer(200, summary)
    status = summary["status"]
    http = {"ERROR": 409, "WARNING": warning_http}.get(status, 200)
    verdict = "OK" if status == "SUCCESS" else status
    words = (_OLD_WORDS if old else _NEW_WORDS)[status]
    return json_answer(http, envelope(http, words, response=summary) | {"status": verdict})
