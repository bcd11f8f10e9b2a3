"""How DHIS2 speaks: requests, answers, the choice of fields, lists, period names."""
