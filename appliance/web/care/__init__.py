"""Pages of care: the queue, the visit, the laboratory, drafts, the register."""
