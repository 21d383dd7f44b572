"""Commands of evaluation: one function, one transaction each."""
