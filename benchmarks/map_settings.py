"""The product's settings with the plain way beside it."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.map_urls"
