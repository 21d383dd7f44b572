"""The one error of this package."""


class CalendarError(ValueError):
    """Bad input to the calendar.

    `reason` is stable and meant for programs, `field` names the argument, the text is for people. Reasons:
    `DATE_EXPECTED`, `DATE_BEFORE_CALENDAR`, `DATE_AFTER_CALENDAR`, `DAYS_NOT_A_COUNT`, `WINDOW_REVERSED`,
    `TIME_ZONE_MISSING`, `CLOSING_WITH_TIME_ZONE`, `OVERRIDE_DUPLICATE`, `TEXT_MISSING`, `NOTICE_DUPLICATE`,
    `NOTICE_WITHOUT_DAYS`.
    """

    def __init__(self, reason: str, field: str, message: str) -> None:
        """Keep reason and field beside the text."""
        super().__init__(reason, field, message)
        self.reason = reason
        self.field = field
        self.message = message

    def __str__(self) -> str:
        """Field first, so that a log line can be read without the trace."""
        return f"{self.field}: {self.message} [{self.reason}]"
