"""The depot's dashboard: what the stock looks like today, and how it did over the months."""
