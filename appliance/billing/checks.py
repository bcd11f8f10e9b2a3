"""What must hold of sales against the ledger and of payments against sales."""

from __future__ import annotations

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
    """A sale's total and exempt part equal its lines."""
    return [
        f"sale {sale}"
        for (sale,) in db.all(
            "SELECT s.id FROM sale s LEFT JOIN sale_line l ON l.sale = s.id GROUP BY s.id HAVING"
            " s.total_fcfa <> coalesce(sum(l.amount_fcfa), 0)"
            " OR s.exempt_fcfa <> coalesce(sum(CASE WHEN l.exemption IS NOT NULL THEN l.amount_fcfa END), 0)"
        )
    ]


def nobody_paid_more_than_was_due(db: Database) -> list[str]:
    """Payments of a sale lie between nothing and what was due (the opposite for a reversal)."""
    return [
        f"sale {sale}: {paid} paid of {due}"
        for sale, paid, due in db.all(
            "SELECT s.id, coalesce(sum(p.amount_fcfa), 0), s.due_fcfa FROM sale s LEFT JOIN payment p ON p.sale = s.id"
            " GROUP BY s.id HAVING abs(coalesce(sum(p.amount_fcfa), 0)) > abs(s.due_fcfa)"
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
    "payments": nobody_paid_more_than_was_due,
    "receipt-numbers": receipt_numbers_have_no_gap,
    "taken-back-sales": taken_back_sales_took_everything_back,
    "dispensed-and-sold": every_handing_over_was_sold,
    **till.CHECKS,
}
