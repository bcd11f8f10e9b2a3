"""The pharmacy: catalogue, ledger, dispensing, consumption and what to order. Quantities are integer base units."""
