"""Rules of official papers: their parts, their wording, their sheet. Pure."""
