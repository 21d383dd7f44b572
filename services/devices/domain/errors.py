"""What devices refuses, with stable reasons; the chassis recognises them by `code` and `reason`."""


class DeviceError(Exception):
    """The device's state does not allow it."""

    code = "failed_precondition"

    def __init__(self, reason: str, message: str, **metadata: object) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = {key: str(value) for key, value in metadata.items()}


class CommandRefused(DeviceError):
    """The command's arguments cannot be put on the wire."""

    code = "invalid_argument"
