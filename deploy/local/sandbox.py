"""What a house must be told whose clock plays a day in a minute: spans of shown time that a machine could not keep at 700-fold speed."""

from __future__ import annotations

SETTINGS = {
    # A terminal that polls every ten seconds would have to do so seventy times a second of wall time.
    "HALLBUS_DEVICES_POLL_DELAY_SECONDS": "600",
    "HALLBUS_DEVICES_ERROR_DELAY_SECONDS": "600",
    # Ten minutes of shown time are less than a second: a busy machine may need longer between a decision and the key press.
    "HALLBUS_EVALUATION_PRESS_MINUTES": "45",
}
