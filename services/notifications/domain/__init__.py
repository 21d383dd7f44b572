"""Rules of notifying; no I/O, no clock, no ids made here."""
