"""Pages of the depot: the list, the stock card, deliveries, prices, the shelf as a prescriber sees it."""
