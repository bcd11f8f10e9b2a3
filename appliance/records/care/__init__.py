"""Care: the visit from post to post, what was measured, found, decided and prescribed."""
