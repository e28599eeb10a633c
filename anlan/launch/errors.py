"""Failures that an operator can act on."""

from __future__ import annotations


class LaunchError(Exception):
    """One Chinese sentence: what is wrong, where, and what to do. Shown without a traceback."""
