"""Tests of the records in ``data/``."""
