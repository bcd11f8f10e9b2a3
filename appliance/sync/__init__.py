"""What leaves the box and what comes back: outbox, link, courier, and the only code that knows a counterparty.

The resident process composes and remembers (`outbox/`, `link.py`, `verbs.py`); the courier process, which holds
no key and no store, reaches the network (`courier.py`, `dhis2/client.py`) and hands back every answer.
"""
