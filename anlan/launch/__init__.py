"""Starts and stops the parts of an installation; knows neither Django nor our other packages."""
