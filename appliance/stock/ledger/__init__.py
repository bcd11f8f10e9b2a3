"""The ledger of movements: append-only, balances kept by the store's own triggers."""
