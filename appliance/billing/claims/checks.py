"""What must hold of what payers were billed and answered: each sheet's states against the invoices that it stood in."""

from __future__ import annotations

from appliance.storage import Database

FOLLOWS = {
    "": ("issued",), "issued": ("billed",), "billed": ("paid", "cut", "rejected"), "rebilled": ("paid", "cut", "rejected"),
    "rejected": ("rebilled",), "paid": (), "cut": (),
}  # fmt: skip
"""Which states may come after each; a sheet begins with `issued`."""


def sheets_go_their_way(db: Database) -> list[str]:
    """A sheet is issued, billed, answered, and billed again only after a rejection; an answer is of the invoice before it."""
    found = []
    for sheet, before, state, billed, batch in db.all(
        "SELECT sheet, lag(state, 1, '') OVER w, state, lag(batch) OVER w, batch FROM care_sheet_state WINDOW w AS"
        " (PARTITION BY sheet ORDER BY id)"
    ):
        if state not in FOLLOWS.get(before, ()):
            found.append(f"sheet {sheet}: {state} after {before or 'nothing'}")
        elif (state == "issued") != (batch is None) or (state in ("paid", "cut", "rejected") and batch != billed):
            found.append(f"sheet {sheet}: {state} with invoice {batch}")
    return found


def answers_add_up(db: Database) -> list[str]:
    """What a payer paid and cut of a sheet is what it was billed, franc by franc; before its answer both are nothing."""
    return [
        f"sheet {sheet} {state} in batch {batch}: {paid} paid and {cut} cut of {asked}"
        for sheet, state, batch, paid, cut, asked in db.all(
            "SELECT t.sheet, t.state, t.batch, t.paid_fcfa, t.cut_fcfa, b.payer_fcfa FROM care_sheet_state t"
            " LEFT JOIN claim_batch_sheet b ON b.batch = t.batch AND b.sheet = t.sheet WHERE CASE t.state"
            " WHEN 'paid' THEN (t.paid_fcfa, t.cut_fcfa) IS NOT (b.payer_fcfa, 0)"
            " WHEN 'rejected' THEN (t.paid_fcfa, t.cut_fcfa) IS NOT (0, b.payer_fcfa)"
            " WHEN 'cut' THEN t.paid_fcfa = 0 OR t.cut_fcfa = 0 OR t.paid_fcfa + t.cut_fcfa IS NOT b.payer_fcfa"
            " WHEN 'issued' THEN t.paid_fcfa <> 0 OR t.cut_fcfa <> 0"
            " ELSE t.paid_fcfa <> 0 OR t.cut_fcfa <> 0 OR b.id IS NULL END"
        )
    ]


def batches_are_of_one_payer(db: Database) -> list[str]:
    """An invoice holds sheets of its payer and its period, each billed by it once, and no more came in than it asked."""
    found = [
        f"batch {batch}: sheet {sheet} of another payer, of another period, or not billed by it"
        for batch, sheet in db.all(
            "SELECT l.batch, l.sheet FROM claim_batch_sheet l JOIN claim_batch b ON b.id = l.batch JOIN care_sheet c ON c.id = l.sheet"
            " LEFT JOIN care_sheet_state t ON t.sheet = l.sheet AND t.batch = l.batch AND t.state IN ('billed', 'rebilled')"
            " GROUP BY l.id HAVING count(t.id) <> 1 OR c.payer <> b.payer"
            " OR c.occurred_on NOT BETWEEN b.first_day AND b.last_day"
        )
    ]
    return found + [
        f"batch {batch}: {received} received of {asked}"
        for batch, received, asked in db.all(
            "SELECT r.batch, r.received, (SELECT sum(l.payer_fcfa) FROM claim_batch_sheet l WHERE l.batch = r.batch) asked FROM"
            " (SELECT batch, sum(amount_fcfa) received FROM claim_receipt GROUP BY batch) r WHERE r.received > coalesce(asked, 0)"
        )
    ]


CHECKS = {
    "sheet-states": sheets_go_their_way,
    "sheet-answers": answers_add_up,
    "claim-batches": batches_are_of_one_payer,
}
