"""Tests of stores on servers: two real ones, and one that misbehaves."""
