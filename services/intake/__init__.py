"""Intake (办件受理): every case from its receipt to the delivery of the result, with legal deadlines.

Owns: receipts, cases, materials, notices, stages, deadlines and their warnings, back-office tasks, delivery; charges with waivers and receipts; joint
handlings and their meetings; the agency register and hand-overs; rosters, appointments and visits; enquiries and objections; monthly reports.
Emits: the subjects receipt, case, task, charge, fee_violation, statement, joint, joint_meeting, joint_inspection, joint_conduct, agency, handover, roster,
appointment, visit, enquiry, first_asked_failure, objection and monthly_report; contracts/intake/ has a module for each topic, docs/events.md every event.
Listens to: directory's hall.changed, staff.changed, item.published, calendar.changed, delegation.changed (local copies).
"""
