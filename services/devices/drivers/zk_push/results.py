"""Answers to commands as terminals post them to devicecmd (protocol section 7).

Several records per body; keys in any order; ids of letters and digits; either `ID=..&Return=..&CMD=..` on a line or one key per line; everything
after `Content=` to the end belongs to it, whatever it holds. The body's length header is never used to cut records.
"""

from __future__ import annotations

from services.devices.drivers.port import Result

_HEAD = ("id", "return", "cmd", "sn")


def results(body: bytes, charset: str) -> list[Result]:
    """The records that name an id, in order."""
    text = body.decode(charset, errors="replace").replace("\r\n", "\n")
    text, _, content = _split_content(text)
    records: list[dict[str, str]] = []
    for line in text.split("\n"):
        pairs = _pairs(line)
        if not pairs:
            continue
        if not records or ("id" in pairs and "id" in records[-1]):
            records.append({})
        records[-1].update(pairs)
    if content and records:
        records[-1]["content"] = content
    return [_result(record) for record in records if record.get("id")]


def _split_content(text: str) -> tuple[str, str, str]:
    if text.lower().startswith("content="):
        return "", "Content=", text[len("Content=") :]
    at = text.lower().find("\ncontent=")
    return (text, "", "") if at < 0 else (text[:at], "Content=", text[at + len("\ncontent=") :])


def _pairs(line: str) -> dict[str, str]:
    # `&` separates only on the compact form; an option value on a line of its own may hold one.
    compact = "&" in line and any(part.partition("=")[0].strip().lower() in _HEAD for part in line.split("&"))
    parts = line.split("&") if compact else [line]
    found = {}
    for part in parts:
        key, separator, value = part.partition("=")
        if separator and key.strip():
            found[key.strip().lstrip("~").lower()[:64]] = value.strip()
    return found


def _result(record: dict[str, str]) -> Result:
    facts = {key: value[:200] for key, value in record.items() if key not in (*_HEAD, "content")}
    detail = record.get("content") or "\n".join(f"{key}={value}" for key, value in facts.items())
    return Result(record["id"][:16], _code(record.get("return", "")), record.get("cmd", "")[:64], detail[:4000].replace("\0", ""), facts)


def _code(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else None
