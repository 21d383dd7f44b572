"""Commands of notifications: one function, one transaction each."""
