"""Intake (办件受理): every case from its receipt to the delivery of the result, with legal deadlines.

Owns: receipts, cases, materials, notices, stages, deadlines and their warnings, delivery.
Emits: intake.case.registered, supplement_requested, supplement_submitted, notice_missed, accepted, returned, stage_completed, due_soon,
overdue, stage_overdue, notice_served, supplement_expired, reclassified, transferred, decided, delivered, courier_received, suspended,
resumed, suspension_overrun, extended, deadline_moved, overdue_withdrawn, breach_judged.
Listens to: directory's hall.changed, staff.changed, item.published, calendar.changed, delegation.changed (local copies).
"""
