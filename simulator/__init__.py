"""A city in a box: halls, terminals, windows, citizens, an inspector and an integrator that live through one working day.

A client of the gateway and of the device port and nothing more. It keeps a journal of what was acknowledged to it, outside the system, and at the end
shows the day and compares both (`--check`).
"""
