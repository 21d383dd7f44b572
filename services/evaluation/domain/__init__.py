"""Rules of rating and complaining; no I/O, no clock, no ids made here."""
