"""E-mail addresses of recipients: what is accepted, and how they look to others."""

from __future__ import annotations

import re

# Deliberately narrower than RFC 5322: no quoting, no comments, no line ends, so that an address can never become a header.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'/=?^_`{|}~+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+\Z")


class AddressError(ValueError):
    """Why an address is not taken; `reason` is EMAIL_MALFORMED or EMAIL_MASKED."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def masked(address: str) -> str:
    """wang.li@example.cn → w***@example.cn; empty stays empty."""
    name, _, host = address.rpartition("@")
    return f"{name[:1]}***@{host}" if address else ""


def replaced(current: str, given: str) -> str:
    """The address after an update.

    The masked form of the present address keeps it: a form that was shown masked and is sent back must not destroy the real one. Any other masked
    value is refused (EMAIL_MASKED), as is what is no address (EMAIL_MALFORMED). Empty clears.
    """
    if given in ("", current):
        return given
    if current and given == masked(current):
        return current
    if "*" in given:
        raise AddressError("EMAIL_MASKED", "looks masked; send the whole address or leave the field out")
    if len(given) > 254 or not _ADDRESS.match(given):
        raise AddressError("EMAIL_MALFORMED", "is no e-mail address")
    return given
