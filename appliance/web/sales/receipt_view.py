"""What a receipt says: its sums in words, who bears what, by what it was paid; and the same for its PDF."""

from __future__ import annotations

from typing import Any

from appliance.access import staff
from appliance.billing.payers.repository import payer_label
from appliance.billing.sales import repository
from appliance.billing.sales.receipt_paper import receipt_of
from appliance.billing.tariffs.free_care import default_rules
from appliance.billing.till.repository import SaleHead
from appliance.storage import Database
from appliance.web.pages import Ask, today_of
from appliance.web.words import _, labels


def parts(db: Database, held: SaleHead) -> list[tuple[str, int]]:
    """The sums of a receipt in its order: total, what others bear, the patient's part, rounding, paid, left."""
    bearers = default_rules().bearers
    found = [(_("Total"), held.total_fcfa)]
    borne: dict[tuple[str, str], int] = {}
    for kind, payer, amount, _rule, _reason in repository.shares_of(db, held.id):
        borne[kind, payer] = borne.get((kind, payer), 0) + amount
    for (kind, payer), amount in borne.items():
        if kind == "exemption":
            found.append((_("Exonération, %(who)s") % {"who": bearers.get(payer, payer)}, -amount))
        else:
            found.append((_("Part de %(who)s") % {"who": payer_label(db, payer, held.occurred_on)}, -amount))
    if held.exempt_fcfa and not any(kind == "exemption" for kind, _payer in borne):
        found.append((_("Gratuité"), -held.exempt_fcfa))
    found.append((_("À payer"), held.due_fcfa))
    if held.rounded_fcfa:
        found.append((_("Arrondi des espèces"), held.rounded_fcfa))
    found.append((_("Payé"), held.paid_fcfa))
    if held.left_fcfa:
        found.append((_("Reste à payer"), held.left_fcfa))
    return found


def paid_by(db: Database, sale: int) -> str:
    """By what a sale was paid and who took it: "Espèces, Awa Traoré"."""
    taken = {
        (labels.MEANS[means], staff.name_of(db, who) if who else _("Appareil"))
        for means, _amount, who in repository.payments_of(db, sale)
    }
    return " ; ".join(f"{means}, {who}" for means, who in sorted(taken))


def sold_lines(db: Database, sale: int) -> list[tuple[int, str, int]]:
    """The products of a sale that may come back: line, label, quantity."""
    return repository.returnable(db, sale)


def paper_of(request: Ask, db: Database, view: dict[str, Any], paper: str, *, is_copy: bool) -> dict[str, Any]:
    """The description of a receipt's PDF; a copy says so and of what day it is."""
    held: SaleHead = view["sale"]
    foot = [_("DUPLICATA, imprimé le %(day)s") % {"day": f"{today_of(request):%d/%m/%Y}"}] if is_copy else []
    if view["patient_name"]:
        foot.append(view["patient_name"])
    foot.append(_("Servi par %(who)s") % {"who": view["served_by"]})
    if view["paid_by"]:
        foot.append(_("Encaissé : %(how)s") % {"how": view["paid_by"]})
    if held.reverses or held.reversed_by:
        foot.append(_("Annulation") if held.reverses else _("Reçu annulé"))
    return receipt_of(db, held.id, paper, view["parts"], foot)
