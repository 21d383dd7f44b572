"""Reads of scoring: dicts ready to dump."""
