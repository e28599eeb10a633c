"""Pages with a shape of their own: the search of criteria, the checklist, what a pack brings."""
