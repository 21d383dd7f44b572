"""attendance: what a day at the hall amounted to.

Owns shifts (班次), rosters (排班), punches by hall and PIN, and day records. Listens to devices.punch.recorded, devices.device.{approved, disabled,
reported}, directory.{hall, staff, calendar}.changed. Emits attendance.day.assessed and attendance.person.{late, left_early, absent}. A day is judged
by a pure function (`domain.day`), and nobody is called absent before every terminal of the hall has reported past the end of the shift.
"""
