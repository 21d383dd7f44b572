"""Pure rules of the reference data: no I/O, no clock, no ids made here."""
