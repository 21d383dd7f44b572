"""Code lists of the agency register (代办事项登记表)."""

REGISTERED, ASSIGNED, SUBMITTED, RETURNED = "registered", "assigned", "submitted", "returned"
NOTIFIED, COLLECTED, ENDED = "notified", "collected", "ended"
STATES = (REGISTERED, ASSIGNED, SUBMITTED, RETURNED, NOTIFIED, COLLECTED, ENDED)
PREPARING = (REGISTERED, ASSIGNED)
"""States in which the submission limit runs."""
WATCHED = (*PREPARING, SUBMITTED)
"""States in which a day can be over, and in which a calendar still matters."""
OPEN = (*WATCHED, RETURNED, NOTIFIED)
"""States in which the hall still has something to do."""

APPROVED, REFUSED, NEEDS_MORE = "approved", "refused", "needs_more"
RESULTS = (APPROVED, REFUSED, NEEDS_MORE)
DECISION_OF = {APPROVED: "approved", REFUSED: "rejected"}
"""Which decision of the case records which answer of the upper level."""

ON_COLLECTION = "on_collection"
WAYS = ("phone", "sms", "mail", "online", "window")
"""How the applicant can be told by command; `on_collection` is said of who learnt it when he collected."""
END_REASONS = ("withdrawn", "competent_here", "not_competent", "other")
"""The applicant withdrew; the hall itself may decide (delegated down); the upper level is not competent; `reclassified` is the system's own."""
RECLASSIFIED = "reclassified"

SUBMISSION, UPPER = "submission", "upper"
"""The hall's own limit, and the day that the upper level named."""
