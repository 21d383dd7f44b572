"""What attendance refuses, with stable reasons."""


class ShiftError(Exception):
    """The shift makes no sense."""

    code = "invalid_argument"

    def __init__(self, reason: str, message: str, **metadata: object) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = {key: str(value) for key, value in metadata.items()}
