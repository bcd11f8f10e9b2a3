"""Messages that come from the national instance: kept whole before anything is made of them."""
