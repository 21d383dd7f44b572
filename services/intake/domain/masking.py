"""What of a person may be shown: enough to recognise oneself, too little to find somebody else."""

_COMPANY = 9


def mask_name(name: str) -> str:
    """The first character ("张*"); organisations keep both ends."""
    if len(name) >= _COMPANY:
        return name[:2] + "***" + name[-2:]
    return name[:1] + "*" * max(1, len(name) - 1)


def mask_contact(contact: str) -> str:
    """Three digits and the last four ("138****5678"); short ones keep their last two."""
    if not contact:
        return ""
    if len(contact) >= 8:
        return contact[:3] + "*" * (len(contact) - 7) + contact[-4:]
    return "*" * max(1, len(contact) - 2) + contact[-2:] if len(contact) > 2 else "**"
