"""Every kind of thing that the outbox sends, by its name."""

from __future__ import annotations

from appliance.sync.outbox.kind import OutboxKind
from appliance.sync.reports import ReportKind

KINDS: dict[str, OutboxKind] = {kind.name: kind for kind in (ReportKind(),)}
