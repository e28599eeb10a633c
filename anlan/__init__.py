"""Anlan: a work safety committee's yearly key-points document as a running programme."""

__version__ = "0.1.0"
