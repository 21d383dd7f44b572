"""Entrypoints of intake, by topic; `IntakeService` puts them together."""
