"""Supervision (电子监察), thin: what inspectors found, what the window said, what a second person decided.

Owns: findings.
Emits: supervision.finding.{recorded, verified, rejected} (subject = finding, version dense).
Listens to: directory.{hall, staff}.changed for its local copy of halls, windows and staff.
"""
