"""Evaluation (好差评): what citizens say about a finished case, and what they complain about.

Owns   rating sessions, ratings, device presses, bad reviews, complaints and their verdicts.
Emits  rating.submitted, bad_review.opened, complaint.filed, complaint.verified.
Hears  intake.case.decided (opens a session), devices.rating.pressed, and directory's halls, staff and items.

One finished case has one session and at most one rating; both are unique keys of the database. Silence is no rating: a
session that nobody answered expires, and no default is ever counted. Comments, names and contacts never leave this service
in an event; answers show them masked.
"""
