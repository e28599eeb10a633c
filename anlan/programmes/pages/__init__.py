"""Pages of the programme with a shape of their own."""
