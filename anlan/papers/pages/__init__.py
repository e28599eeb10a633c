"""Pages of papers with a shape of their own."""
