"""What follows from the facts: money, lateness, turnover, the first deal."""
