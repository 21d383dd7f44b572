"""Intake (办件受理): every case from its receipt to the delivery of the result, with legal deadlines.

Owns: receipts, cases, materials, notices, stages, deadlines and their warnings, delivery, charges with waivers and receipts, monthly reports,
enquiries and objections.
Emits: intake.receipt.refused; intake.case.registered, supplement_requested, supplement_submitted, supplement_expired, notice_served,
notice_missed, accepted, returned, reclassified, transferred, stage_completed, stage_overdue, due_soon, overdue, decided, delivered,
courier_received, suspended, resumed, suspension_overrun, extended, deadline_moved, overdue_withdrawn, breach_judged; intake.task.assigned, answered,
overdue, withdrawn;
intake.monthly_report.opened, submitted, late, compiled, compile_late, reported, reopened;
intake.enquiry.registered, routed, taken, returned, answered, due_soon, overdue, closed; intake.first_asked_failure.recorded, decided;
intake.objection.raised, answered, escalated, overdue, closed;
intake.charge.issued, paid, receipted, receipt_voided, reduced, cancelled; intake.fee_violation.recorded, decided; intake.statement.reconciled.
Listens to: directory's hall.changed, staff.changed, item.published, calendar.changed, delegation.changed (local copies).
"""
