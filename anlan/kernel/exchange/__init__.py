"""Excel in and out: exports of exactly the rows seen, imports of the sheets that offices really have."""
