"""Every kind of thing that the outbox sends, by its name."""

from __future__ import annotations

from appliance.sync.medexis.events import EventKind
from appliance.sync.medexis.exchange import ACKNOWLEDGEMENT, CONFIRMATION
from appliance.sync.medexis.order_form import OrderFormKind
from appliance.sync.outbox.kind import OutboxKind
from appliance.sync.reports import ReportKind

KINDS: dict[str, OutboxKind] = {
    kind.name: kind for kind in (ReportKind(), EventKind(CONFIRMATION), EventKind(ACKNOWLEDGEMENT), OrderFormKind())
}
