"""Third-party payers: who pays how much in the place of the patient, as dated data; and whom each covers."""
