"""Events of intake (办件受理), by topic."""

from contracts.intake import (  # noqa: F401  imported for their registrations
    agency,
    appointments,
    cases,
    charges,
    deadlines,
    enquiries,
    joint,
    monthly,
    objections,
    tasks,
    visits,
)
