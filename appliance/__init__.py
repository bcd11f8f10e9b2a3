"""The appliance of a community health centre: patient files, depot, till, reports, and the link to DHIS2.

Rooms import downward only (README, "The rooms"); `tests/test_architecture.py` refuses an upward arrow.
"""

__version__ = "0.1.0"
