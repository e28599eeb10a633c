"""What holds about names, validity and groups, without a database."""
