"""Laws and standards, criteria for major hidden dangers, industry packs: rules as data with dates."""
