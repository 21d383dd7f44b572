"""devices: the one door for hardware.

Owns the device register, raw uploads, punches, key presses, commands to terminals, quarantine and presence.
Speaks ZKTeco PUSH to clock-in terminals (考勤机) and JSON over HTTP to rating devices (评价器).
Emits devices.punch.recorded, devices.rating.pressed and devices.device.{approved, disabled, online, offline, clock_skewed, reported,
gap_found, tampered}. Listens to directory.hall.changed. Never interprets a punch: who was late is attendance's business.
"""
