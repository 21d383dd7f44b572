"""Scoring (考核计分): one neutral register of facts, any number of rulebooks, and an append-only ledger.

Owns: facts, rulebooks (versioned data), assignments, ledger, score sheets.
Emits: scoring.ledger.posted (subject = sheet, version dense).
Listens to: attendance.day.assessed, intake.case.{overdue, notice_missed, supplement_requested}, supervision.finding.{recorded, verified,
rejected}, evaluation.complaint.verified; directory.{hall, staff}.changed for its local copy of subjects.
"""
