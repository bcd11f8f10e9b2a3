"""Pages of the tills and of the books of the ASACO. None of them shows a patient's name or a diagnosis."""
