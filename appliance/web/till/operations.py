"""What the pages of the books share: months, boxes, sums as they are typed."""

from __future__ import annotations

from datetime import date
from typing import Any

from appliance.billing.accounts.plan import BOXES, plan
from appliance.billing.till import drawers
from appliance.core.periods import Month
from appliance.storage import Database
from appliance.web.forms import Form
from appliance.web.pages import Ask, session_of, today_of

AMOUNT_MAX = 1_000_000_000


def month_of(request: Ask, text: str) -> Month:
    """The month asked for, not later than this one."""
    current = Month.of(today_of(request))
    return min(Month.parse(text), current) if text else current


def around(request: Ask, month: Month) -> dict[str, Any]:
    """The month shown, the one before and the one after if it has begun."""
    following = month.plus(1)
    return {
        "month": month, "before": month.plus(-1), "after": following if following <= Month.of(today_of(request)) else None,
    }  # fmt: skip


def boxes(*, with_till: bool = False) -> list[tuple[str, str]]:
    """Where money lies, as options; the till is the own open one."""
    keys = (("till",) if with_till else ()) + BOXES
    return [(key, plan().accounts[key].label) for key in keys]


def keeps_till(request: Ask, db: Database) -> bool:
    """Whether this person has a till open: what lies in it is not shown before it is counted, whatever the function."""
    return drawers.open_of(db, session_of(request).staff) is not None


def amount(form: Form, name: str = "montant") -> int:
    """A sum typed in whole francs; a fault stands beside its field."""
    return form.integer(name, required=True, low=1, high=AMOUNT_MAX) or 0


def day(form: Form, name: str = "le") -> date | None:
    """The day typed; None: today."""
    return form.day(name)
