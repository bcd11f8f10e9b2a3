"""The patient record: who the patients are, what was done for them. It knows no shelf and no report."""
