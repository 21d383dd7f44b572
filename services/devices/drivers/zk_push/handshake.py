"""The option block that answers a terminal's first call (protocol section 4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from services.devices.drivers.port import Known

STAMPED = ("ATTLOG", "OPERLOG", "ATTPHOTO", "BIODATA", "IDCARD", "ERRORLOG")
TRANSFERS = "TransData AttLog\tOpLog\tEnrollUser\tChgUser"
"""Word form, as the vendor advises. Templates and photographs are left out: they are personal data nobody here needs."""
WANTED = "FingerFunOn,FaceFunOn,UserCount,TransactionCount,FWVersion,IPAddress"
MAX_POST_BYTES = 1_048_576


def option_block(known: Known, push_version: str | None, now: datetime, *, delay: int, error_delay: int) -> str:
    """Attendance PUSH 2.x. ServerVer and PushProtVer stay out: both sides at 2.4 would mean the encrypted scheme."""
    stamps = {table: known.stamps.get(table, "None") for table in STAMPED}
    lines = [f"GET OPTION FROM: {known.device_sn}"]
    lines += [f"{table}Stamp={stamp}" for table, stamp in stamps.items()]
    if _older_than(push_version, (2, 2, 14)):
        lines += [f"Stamp={stamps['ATTLOG']}", f"OpStamp={stamps['OPERLOG']}", f"PhotoStamp={stamps['ATTPHOTO']}"]
    lines += [
        f"ErrorDelay={error_delay}",
        f"Delay={delay}",
        "TransTimes=00:00;14:05",
        "TransInterval=1",
        f"TransFlag={TRANSFERS}",
        f"TimeZone={time_zone(known, now)}",
        "Realtime=1",
        "Encrypt=None",
        "SupportPing=1",
        "PushOptionsFlag=1",
        f"PushOptions={WANTED}",
        f"MaxPostSize={MAX_POST_BYTES}",
    ]
    return "\n".join(lines) + "\n"


def time_zone(known: Known, now: datetime) -> str:
    """Whole hours as hours, other zones as minutes; never a name."""
    offset = now.astimezone(known.zone).utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    return str(minutes // 60 if minutes % 60 == 0 else minutes)


def registration(device_sn: str) -> str:
    """The RegistryCode of a security terminal: stable, because it is kept by the terminal over our restarts."""
    return sha256(f"registry:{device_sn}".encode()).hexdigest()[:10]


def security_block(known: Known, *, delay: int, error_delay: int, registered: bool) -> str:
    """Security PUSH 3.x (protocol section 12); the session id is stable for the same reason."""
    lines = ["registry=ok", f"RegistryCode={registration(known.device_sn)}"] if registered else []
    lines += [
        "ServerVersion=3.1.2",
        "ServerName=Hallbus",
        "PushProtVer=3.1.2",
        "PushVersion=3.1.2",
        f"ErrorDelay={error_delay}",
        f"RequestDelay={delay}",
        "TransTimes=00:00;14:05",
        "TransInterval=1",
        "TransTables=Transaction",
        "Realtime=1",
        f"SessionID={sha256(f'session:{known.device_sn}'.encode()).hexdigest()[:32]}",
        "TimeoutSec=10",
    ]
    return "\n".join(lines) + "\n"


def packed_time(now: datetime, known: Known) -> str:
    """The vendor's packed calendar of 31-day months (protocol section 7)."""
    local = now.astimezone(known.zone)
    days = (local.year - 2000) * 12 * 31 + (local.month - 1) * 31 + local.day - 1
    return str(days * 86400 + local.hour * 3600 + local.minute * 60 + local.second)


def server_zone(known: Known, now: datetime) -> str:
    """+0800 and the like."""
    return now.astimezone(known.zone).strftime("%z")


def _older_than(version: str | None, limit: tuple[int, int, int]) -> bool:
    parts = [int(part) for part in (version or "").split(".") if part.isdigit()]
    return bool(parts) and tuple([*parts, 0, 0][:3]) < limit
