"""Tests mirror the package; they are packages so that helper modules may share a name."""
