"""Fixtures of every layer come from one plugin."""

pytest_plugins = ["tests.plugin"]
