"""Tests of the license records and of finding licenses by name."""
