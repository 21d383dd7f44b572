"""Pure rules of devices: no I/O, no clock, no ids of their own making."""
