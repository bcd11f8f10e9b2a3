"""Who bears what of a sale: free care, the payer's share, an exemption typed by hand. Pure; whole FCFA.

The order is fixed: what a rule frees is borne by the rule's bearer; of the rest the payer bears its rate, one rounding
for each type of care; of what is left to the patient a person may exempt a part, with a reason and who bears it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appliance.billing.payers.model import split
from appliance.billing.sales.pricing import AMBULATORY, Buyer, PricedAct, PricedLine
from appliance.billing.tariffs.free_care import bearer_of, default_rules
from appliance.core.errors import Refused

EXEMPTION, COVER = "exemption", "cover"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandExemption:
    """What a person exempts by hand: why, who bears it, and how much of the patient's part (None: all of it).

    `is_at_most`: less is exempted where less is left, as when a part of what was sold comes back.
    """

    bearer: str
    reason: str
    authorised_by: int
    amount_fcfa: int | None = None
    is_at_most: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BorneShare:
    """What somebody else than the patient bears: of `base_fcfa`, `amount_fcfa`; `rule` None when typed by hand."""

    kind: str
    payer: str
    care: str
    base_fcfa: int
    amount_fcfa: int
    rule: str | None
    reason: str | None = None
    authorised_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A sale in parts: total = exempt + payer + due, and the shares behind the first two."""

    total_fcfa: int
    exempt_fcfa: int
    payer_fcfa: int
    due_fcfa: int
    shares: tuple[BorneShare, ...]


def parts_of(
    lines: Iterable[PricedLine],
    acts: Iterable[PricedAct],
    who: Buyer,
    care_type: str,
    hand: HandExemption | None = None,
) -> Parts:
    """Share a sale out; raises `Refused`: "exemption-bearer", "reason-needed", "exemption-too-much" (with the most)."""
    total = 0
    freed: dict[tuple[str, str, str], int] = {}
    covered: dict[str, int] = {}
    items: list[PricedLine | PricedAct] = [*lines, *acts]
    for item in items:
        care = item.care if isinstance(item, PricedAct) else care_type
        total += item.amount_fcfa
        if item.exemption:
            key = (bearer_of(item.exemption), item.exemption, care)
            freed[key] = freed.get(key, 0) + item.amount_fcfa
        elif item.is_covered:
            covered[care] = covered.get(care, 0) + item.amount_fcfa
    shares = [
        BorneShare(kind=EXEMPTION, payer=bearer, care=care, base_fcfa=amount, amount_fcfa=amount, rule=rule)
        for (bearer, rule, care), amount in freed.items()
        if amount
    ]
    exempt = sum(freed.values())
    if who.payer is not None:
        shares += [share for care, amount in covered.items() if (share := _covered(who, care, amount))]
    payer = sum(share.amount_fcfa for share in shares if share.kind == COVER)
    left = total - exempt - payer
    if hand is not None and (left or not hand.is_at_most):
        by_hand = _by_hand(hand, left, care_type)
        shares.append(by_hand)
        exempt += by_hand.amount_fcfa
    return Parts(
        total_fcfa=total, exempt_fcfa=exempt, payer_fcfa=payer, due_fcfa=total - exempt - payer, shares=tuple(shares)
    )


def _covered(who: Buyer, care: str, amount: int) -> BorneShare | None:
    """The payer's share of one type of care. A type it has no rate for is borne as ambulatory care: nobody waits for it."""
    if who.payer is None:
        return None
    known = {rate.care for rate in who.payer.rates}
    counted = care if care in known else AMBULATORY
    if counted not in known:
        return None
    shares = split(amount, who.payer.basis_points(counted, who.age_months, who.is_pregnant))
    if not shares.payer:
        return None
    return BorneShare(
        kind=COVER, payer=who.payer.code, care=counted, base_fcfa=amount, amount_fcfa=shares.payer,
        rule=who.payer.edition,
    )  # fmt: skip


def _by_hand(hand: HandExemption, left: int, care_type: str) -> BorneShare:
    if hand.bearer not in default_rules().bearers:
        raise Refused("exemption-bearer", bearer=hand.bearer[:40])
    if len(hand.reason.strip()) < 3:
        raise Refused("reason-needed", kind="exemption")
    amount = left if hand.amount_fcfa is None else hand.amount_fcfa
    if hand.is_at_most:
        amount = min(amount, left)
    if not 0 < amount <= left:
        raise Refused("exemption-too-much", left=left)
    return BorneShare(
        kind=EXEMPTION, payer=hand.bearer, care=care_type, base_fcfa=left, amount_fcfa=amount, rule=None,
        reason=hand.reason.strip(), authorised_by=hand.authorised_by,
    )  # fmt: skip
