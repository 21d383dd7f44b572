"""Commands of scoring: one transaction each."""
