"""The house in containers."""
