"""What a row of the outbox is called, and the page of one that is no report: an event or a message about an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response

from appliance.core.french import month_fr
from appliance.stock.orders.services import ORDER_FORM
from appliance.storage import Database
from appliance.sync.kinds import KINDS
from appliance.sync.medexis import events, order_form
from appliance.sync.medexis.exchange import ACKNOWLEDGEMENT, CONFIRMATION
from appliance.sync.outbox import repository
from appliance.sync.outbox.repository import Item
from appliance.sync.outbox.services import EDITED
from appliance.sync.reports import KIND as REPORT
from appliance.sync.reports import month_of
from appliance.web.pages import page
from appliance.web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row as listed: its name in French, and the code of what bars it."""

    item: Item
    title: str
    waits_for: str | None


def shown(db: Database, items: list[Item]) -> list[Shown]:
    """Rows as they are listed."""
    return [Shown(item=i, title=title_of(db, i), waits_for=waits_for(db, i)) for i in items]


def waits_for(db: Database, item: Item) -> str | None:
    """What bars a waiting row; None for one that is on its way or settled."""
    kind = KINDS.get(item.kind)
    return kind.obstacle(db, item) if kind and item.state == "waiting" else None


def title_of(db: Database, item: Item) -> str:
    """A row's name: `RMA · octobre 2026`, `Confirmation de la commande BC-2026-0007`."""
    if item.kind == REPORT:
        text = f"{item.subject.split(':')[0]} · {month_fr(month_of(item))}"
        return text if item.revision == 1 else f"{text} · " + _("rectificatif %(n)d") % {"n": item.revision - 1}
    names = {
        CONFIRMATION: _("Confirmation de la commande %(number)s"),
        ACKNOWLEDGEMENT: _("Accusé de réception %(number)s"),
        ORDER_FORM: _("Bon de commande %(number)s"),
    }
    number_of = order_form.number_of if item.kind == ORDER_FORM else events.number_of
    text = names[item.kind] % {"number": number_of(db, item)} if item.kind in names else item.kind
    return text if item.revision == 1 else f"{text} · " + _("correction %(n)d") % {"n": item.revision - 1}


def event_page(request: Request[Any, Any, Any], db: Database, item: Item) -> Response[bytes]:
    """The page of an event or a message: what was said at each try, and what a person may decide."""
    return page(
        request, "exchange/event.html", db, item=item, title=title_of(db, item), waits_for=waits_for(db, item),
        attempts=repository.attempts(db, item.id), conflicts=item.detail.get("conflicts") or (),
        uids=events.uids_of(db, item.kind, item.subject), is_edited=item.last_code in EDITED,
    )  # fmt: skip
