"""By what a payment is made. What is not paid is a debt: it has no row of its own, it is what a sale still owes."""

from __future__ import annotations

CASH, MOBILE_MONEY = "cash", "mobile_money"
MEANS = (CASH, MOBILE_MONEY)
REFERENCE_MAX = 40
