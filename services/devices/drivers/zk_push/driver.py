"""The exchanges of `/iclock/*`, whatever the verb's case, the `.aspx` ending or the order of parameters."""

from __future__ import annotations

import re
from collections.abc import Callable

from chassis.errors import HallbusError, Unavailable
from chassis.log import get_logger
from services.devices.domain.tokens import matches
from services.devices.drivers.port import Call, Greeting, House, Known, Raw, Reply
from services.devices.drivers.zk_push import handshake, options, redact, results, uploads
from services.devices.drivers.zk_push.pace import Pace

log = get_logger(__name__)
_SN = re.compile(r"[0-9A-Za-z_-]{1,32}")
OK = Reply(b"OK")
NOT_APPROVED = Reply(b"device not approved", 503)
"""503 makes a terminal keep its rows and come again; 401 and 403 would too, but read as a setting error on some menus."""


class ZkPush:
    """Driver of family zk_push."""

    family = "zk_push"
    roots = ("/iclock",)

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._routes: dict[str, Callable[[Call, str | None, House], Reply]] = {
            "cdata": self._cdata,
            "getrequest": self._poll,
            "devicecmd": self._results,
            "ping": self._ping,
            "registry": self._registry,
            "push": self._push,
            "rtdata": self._clock,
            "querydata": self._answer_data,
            "fdata": self._blob,
            "test": lambda *_: OK,
            "exchange": self._exchange,
        }

    def answer(self, call: Call, house: House) -> Reply:
        """One exchange; an unknown path is kept raw and answered OK, because it may be data."""
        name = call.path.removeprefix("/iclock").strip("/").lower().removesuffix(".aspx")
        device_sn = call.query.get("sn", "")
        named = device_sn if _SN.fullmatch(device_sn) else None
        route = self._routes.get(name, self._unknown)
        try:
            return route(call, named, house)
        except HallbusError:
            if call.method == "POST" and named:
                house.refuse(named)
            raise

    def failure(self, status: int, reason: str, message: str) -> Reply:
        """Plain text; whatever it is, the terminal keeps its rows."""
        del message
        return Reply(reason.encode("ascii", "replace"), 503 if status in (409, 429, 503, 504) else status)

    # --- cdata

    def _cdata(self, call: Call, device_sn: str | None, house: House) -> Reply:
        if device_sn is None:
            return self._unknown(call, None, house)
        if call.method == "GET":
            return self._hello(call, device_sn, house)
        known = self._allowed(call, device_sn, house)
        if known is None:
            house.refuse(device_sn)
            return NOT_APPROVED
        return uploads.take(call, known, house, self._pace)

    def _hello(self, call: Call, device_sn: str, house: House) -> Reply:
        if call.query.get("table", "").lower() == "remoteatt":
            return OK  # roaming users (异地考勤) are not offered
        kind = call.query.get("devicetype")
        dialect = None if kind is None else "security" if kind.lower() == "acc" else "attendance"
        greeting = Greeting(call.query.get("language"), call.query.get("pushver"), kind, call.query.get("pushcommkey"), dialect)
        known = house.greet(device_sn, greeting, call)
        if known is None:
            raise Unavailable("REGISTER_FULL", "too many unknown devices")
        if (dialect or known.dialect) == "security":
            if not known.approved:
                return OK
            return _text(handshake.security_block(known, registered=True, **self._delays))
        return _text(handshake.option_block(known, greeting.push_version, call.received_at, **self._delays))

    @property
    def _delays(self) -> dict[str, int]:
        return {"delay": self._pace.delay, "error_delay": self._pace.error_delay}

    def _allowed(self, call: Call, device_sn: str, house: House) -> Known | None:
        """The device if its data may be taken; an unknown one is registered as pending by the way."""
        known = house.known(device_sn)
        if known is None:
            house.greet(device_sn, Greeting(), call)
            return None
        return known if known.approved and known.family == self.family and _path_fits(call, known) else None

    # --- heartbeat and commands

    def _poll(self, call: Call, device_sn: str | None, house: House) -> Reply:
        known = self._allowed(call, device_sn, house) if device_sn else None
        if known is None:
            return OK
        command = house.poll(known, options.info(call.query.get("info")), call)
        if command is None:
            return OK
        charset = charset_of(known)
        return Reply(f"C:{command[0]}:{command[1]}\n".encode(charset, errors="replace"))

    def _results(self, call: Call, device_sn: str | None, house: House) -> Reply:
        known = self._allowed(call, device_sn, house) if device_sn else None
        if device_sn and known is None:
            return NOT_APPROVED
        body = call.body or b""
        found = results.results(body, charset_of(known) if known else "utf-8")
        house.store_results(device_sn, found, Raw("devicecmd", redact.clean("devicecmd", body), len(found)), call)
        return OK

    def _ping(self, call: Call, device_sn: str | None, house: House) -> Reply:
        known = house.known(device_sn) if device_sn else None
        if known is not None:
            house.touch(known, call)
        return OK

    # --- security dialect

    def _registry(self, call: Call, device_sn: str | None, house: House) -> Reply:
        if device_sn is None:
            return self._unknown(call, None, house)
        house.greet(device_sn, Greeting(device_type="acc", dialect="security"), call)
        known = self._allowed(call, device_sn, house)
        if known is None:
            return NOT_APPROVED
        body = call.body or b""
        house.store_facts(
            known, options.facts(body.decode(charset_of(known), "replace")), Raw("registry", redact.clean("registry", body), 1), call
        )
        return _text(f"RegistryCode={handshake.registration(device_sn)}")

    def _push(self, call: Call, device_sn: str | None, house: House) -> Reply:
        known = self._allowed(call, device_sn, house) if device_sn else None
        return NOT_APPROVED if known is None else _text(handshake.security_block(known, registered=False, **self._delays))

    def _clock(self, call: Call, device_sn: str | None, house: House) -> Reply:
        known = house.known(device_sn) if device_sn else None
        if known is None or call.query.get("type") != "time":
            return OK
        now = call.received_at
        return _text(f"DateTime={handshake.packed_time(now, known)},ServerTZ={handshake.server_zone(known, now)}")

    def _answer_data(self, call: Call, device_sn: str | None, house: House) -> Reply:
        reply = self._unknown(call, device_sn, house)
        name, count = call.query.get("tablename", ""), call.query.get("count", "")
        return _text(f"{name}={count}") if reply is OK and name.isalnum() and count.isdigit() else reply

    def _exchange(self, call: Call, device_sn: str | None, house: House) -> Reply:
        log.error("encrypted_scheme_requested", device_sn=device_sn)
        return self._unknown(call, device_sn, house)

    # --- everything else

    def _blob(self, call: Call, device_sn: str | None, house: House) -> Reply:
        return self._keep(call, device_sn, house, Raw("fdata", None, 0, "parsed" if call.body is not None else "too_large"))

    def _unknown(self, call: Call, device_sn: str | None, house: House) -> Reply:
        table = call.query.get("table") or call.query.get("tablename") or call.path[-64:]
        body = None if call.body is None else redact.clean(table, call.body)
        return self._keep(call, device_sn, house, Raw(table[:64], body, 0, "unknown"))

    def _keep(self, call: Call, device_sn: str | None, house: House, raw: Raw) -> Reply:
        known = self._allowed(call, device_sn, house) if device_sn else None
        if device_sn and known is None:
            if call.method != "POST":
                return OK
            house.refuse(device_sn)
            return NOT_APPROVED
        house.store_raw(device_sn or "", known, raw, call)
        return OK


def charset_of(known: Known) -> str:
    """The device's text encoding: as registered, else GB18030 for Chinese menus, whose names would often pass for UTF-8 by accident (section 10)."""
    return known.charset or "utf-8"


def _path_fits(call: Call, known: Known) -> bool:
    return call.path_token is None or (known.token_hash is not None and matches(call.path_token, known.token_hash))


def _text(text: str) -> Reply:
    return Reply(text.encode())
