"""Pages of the three administrators that are no plain ledgers."""
