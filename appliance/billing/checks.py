"""What must hold of sales against the ledger and of payments against sales."""

from __future__ import annotations

from appliance.billing.accounts import checks as accounts
from appliance.billing.claims import checks as claims
from appliance.billing.till import checks as till
from appliance.stock.checks import Check
from appliance.storage import Database


def sales_are_what_left_the_shelf(db: Database) -> list[str]:
    """For each sale the quantities of its lines equal what its dispensing moved, product by product."""
    return [
        f"sale {sale} product {product}: {sold} sold, {moved} moved"
        for sale, product, sold, moved in db.all(
            "SELECT sale, product, sum(sold), sum(moved) FROM ("
            " SELECT l.sale, l.product, l.quantity sold, 0 moved FROM sale_line l JOIN sale s ON s.id = l.sale"
            "  WHERE s.reverses IS NULL"
            " UNION ALL SELECT s.id, m.product, 0, -m.quantity FROM movement m JOIN sale s ON s.dispense = m.dispense"
            "  WHERE m.reverses IS NULL) GROUP BY sale, product HAVING sum(sold) <> sum(moved)"
        )
    ]


def sale_totals_add_up(db: Database) -> list[str]:
    """A sale's total equals its lines and acts; what is exempt equals what a rule freed of them and what was by hand."""
    return [
        f"sale {sale}"
        for (sale,) in db.all(
            "SELECT s.id FROM sale s LEFT JOIN (SELECT sale, sum(amount_fcfa) total, sum(CASE WHEN exemption IS NOT NULL"
            "  THEN amount_fcfa END) freed FROM (SELECT sale, amount_fcfa, exemption FROM sale_line UNION ALL"
            "  SELECT sale, amount_fcfa, exemption FROM sale_act) GROUP BY sale) l ON l.sale = s.id"
            " LEFT JOIN (SELECT sale, sum(amount_fcfa) amount FROM sale_share WHERE rule IS NULL GROUP BY sale) h"
            "  ON h.sale = s.id WHERE s.total_fcfa <> coalesce(l.total, 0)"
            " OR s.exempt_fcfa <> coalesce(l.freed, 0) + coalesce(h.amount, 0)"
        )
    ]


def every_franc_not_paid_has_a_bearer(db: Database) -> list[str]:
    """Payers' shares of a sale are its `payer_fcfa`, and exemptions its `exempt_fcfa`, franc by franc.

    Sales of the time before shares were kept have none.
    """
    return [
        f"sale {sale}: {exempt} exempt and {payer} of payers, borne {borne} and {covered}"
        for sale, exempt, payer, borne, covered in db.all(
            "SELECT s.id, s.exempt_fcfa, coalesce(s.payer_fcfa, 0), coalesce(sum(CASE WHEN h.kind = 'exemption' THEN h.amount_fcfa"
            " END), 0) borne, coalesce(sum(CASE WHEN h.kind = 'cover' THEN h.amount_fcfa END), 0) covered FROM sale s"
            " LEFT JOIN sale_share h ON h.sale = s.id WHERE s.id >= (SELECT min(sale) FROM sale_share) GROUP BY s.id"
            " HAVING covered <> coalesce(s.payer_fcfa, 0) OR (borne <> s.exempt_fcfa AND (borne <> 0 OR s.reverses IS NULL))"
        )
    ]


def sheets_are_their_shares(db: Database) -> list[str]:
    """A share stands on a sheet of its payer, and what was billed of a sheet is what its shares were at that moment."""
    found = [
        f"share {share}: sheet {sheet} of another payer"
        for share, sheet in db.all(
            "SELECT h.id, h.sheet FROM sale_share h JOIN care_sheet c ON c.id = h.sheet WHERE c.payer <> h.payer"
        )
    ]
    return found + [
        f"sheet {sheet} in batch {batch}: billed {billed}, shares {shares}"
        for sheet, batch, billed, shares in db.all(
            "SELECT b.sheet, b.batch, b.payer_fcfa, coalesce((SELECT sum(h.amount_fcfa) FROM sale_share h WHERE h.sheet = b.sheet"
            " AND h.act <= b.act), 0) shares FROM claim_batch_sheet b WHERE b.payer_fcfa <> shares"
        )
    ]


def nobody_paid_more_than_was_due(db: Database) -> list[str]:
    """Payments of a sale lie between nothing and what was due, rounded for cash (the opposite for a reversal)."""
    return [
        f"sale {sale}: {paid} paid of {due}"
        for sale, paid, due in db.all(
            "SELECT s.id, coalesce((SELECT sum(p.amount_fcfa) FROM payment p WHERE p.sale = s.id), 0) paid, s.due_fcfa +"
            " coalesce((SELECT sum(r.amount_fcfa) FROM sale_rounding r WHERE r.sale = s.id), 0) due FROM sale s"
            " WHERE abs(paid) > abs(due)"
        )
    ]


def what_was_rounded_settled_its_sale(db: Database) -> list[str]:
    """A rounding is written with the payment that settles its sale: due and rounding are what was paid, and no more is owed."""
    return [
        f"sale {sale}: {due} due, {rounded} rounded, {paid} paid"
        for sale, due, rounded, paid in db.all(
            "SELECT r.sale, s.due_fcfa, r.rounded, coalesce((SELECT sum(p.amount_fcfa) FROM payment p WHERE p.sale = r.sale), 0) paid"
            " FROM (SELECT sale, sum(amount_fcfa) rounded FROM sale_rounding GROUP BY sale) r JOIN sale s ON s.id = r.sale"
            " WHERE s.due_fcfa + r.rounded <> paid"
        )
    ]


def receipt_numbers_have_no_gap(db: Database) -> list[str]:
    """Receipts are numbered 1, 2, 3… without a hole."""
    row = db.one("SELECT count(*), coalesce(max(number), 0) FROM sale")
    return [] if row is None or row[0] == row[1] else [f"{row[0]} sales, highest number {row[1]}"]


def taken_back_sales_took_everything_back(db: Database) -> list[str]:
    """A sale was taken back exactly when every movement of its dispensing was, and its money nets to nothing."""
    found = [
        f"sale {sale}: {undone} of {moved} movements undone, {'taken back' if back else 'standing'}"
        for sale, back, moved, undone in db.all(
            "SELECT s.id, r.id IS NOT NULL, count(m.id), count(u.id) FROM sale s LEFT JOIN sale r ON r.reverses = s.id"
            " JOIN movement m ON m.dispense = s.dispense AND m.reverses IS NULL LEFT JOIN movement u ON u.reverses = m.id"
            " WHERE s.reverses IS NULL GROUP BY s.id HAVING count(u.id) <> CASE WHEN r.id IS NULL THEN 0 ELSE count(m.id) END"
        )
    ]
    return found + [
        f"sale {sale}: {left} FCFA left after it was taken back"
        for sale, left in db.all(
            "SELECT s.id, sum(p.amount_fcfa) FROM sale r JOIN sale s ON s.id = r.reverses JOIN payment p"
            " ON p.sale IN (r.id, s.id) GROUP BY s.id HAVING sum(p.amount_fcfa) <> 0"
        )
    ]


def every_handing_over_was_sold(db: Database) -> list[str]:
    """Each dispensing on this appliance's counter has its sale, and each reversal of one has its reversing sale."""
    return [
        f"dispense {dispense}"
        for (dispense,) in db.all(
            "SELECT d.id FROM dispense d WHERE NOT EXISTS (SELECT 1 FROM sale s WHERE s.dispense = d.id)"
            " AND (EXISTS (SELECT 1 FROM movement m WHERE m.dispense = d.id AND m.is_campaign = 0)"
            " OR EXISTS (SELECT 1 FROM sale s WHERE s.dispense = d.reverses))"
        )
    ]


CHECKS: dict[str, Check] = {
    "sales-and-ledger": sales_are_what_left_the_shelf,
    "sale-totals": sale_totals_add_up,
    "sale-shares": every_franc_not_paid_has_a_bearer,
    "sheets": sheets_are_their_shares,
    "payments": nobody_paid_more_than_was_due,
    "receipt-numbers": receipt_numbers_have_no_gap,
    "taken-back-sales": taken_back_sales_took_everything_back,
    "dispensed-and-sold": every_handing_over_was_sold,
    "cash-rounding": what_was_rounded_settled_its_sale,
    **claims.CHECKS,
    **till.CHECKS,
    **accounts.CHECKS,
}
