"""The service behind echo.proto: says what the gateway told it."""

from __future__ import annotations

import dataclasses
import time

from marshmallow import EXCLUDE, Schema, fields

from chassis import Configuration, Database, rpc
from chassis.context import current
from chassis.errors import FAMILY, Violation
from tests.support.probe.contracts import REGISTRY


@dataclasses.dataclass(frozen=True)
class EchoConfig:
    """No settings."""


class Anything(Schema):
    class Meta:
        unknown = EXCLUDE


class Say(Schema):
    text = fields.Str(load_default="")
    hall_id = fields.Str(load_default=None)
    count = fields.Int(load_default=None)
    mood = fields.Str(load_default=None)
    at = fields.Str(load_default=None)


class SayMany(Schema):
    said = fields.List(fields.Dict(), load_default=list)


class Change(Schema):
    hall_id = fields.Str(load_default=None)
    password = fields.Str(load_default=None)
    secrets = fields.Dict(load_default=None)


class Fail(Schema):
    kind = fields.Str(required=True)


class Pages(Schema):
    page_token = fields.Str(load_default=None)
    hall_id = fields.Str(load_default=None)
    pages = fields.Int(load_default=1)
    fails_at = fields.Int(load_default=None)
    secret = fields.Str(load_default=None)


class Wait(Schema):
    seconds = fields.Float(required=True)


def told(request: dict) -> dict:
    context = current()
    return {
        **request,
        "subject": context.caller.subject,
        "staff_id": context.caller.staff_id,
        "scopes": list(context.caller.scopes),
        "correlation_id": context.correlation_id,
        "seconds_left": context.remaining(1e6),
    }


class EchoService:
    """Entrypoints of the echo."""

    name = "echo"
    config = Configuration(EchoConfig)
    db = Database("probe", contracts=REGISTRY)

    @rpc(request=Pages)
    def pages(self, request):
        left = int(request["page_token"] or request["pages"])
        if request["fails_at"] == left:
            raise FAMILY["failed_precondition"]("PAGE_BROKEN", "this page is broken")
        return {"text": f"page {left} for {current().caller.subject}", "next_page_token": str(left - 1) if left > 1 else ""}

    @rpc(request=Say)
    def say(self, request):
        return told(request)

    @rpc(request=SayMany)
    def say_many(self, request):
        return told({})

    @rpc(request=Change, mutating=True)
    def change(self, request):
        return told({"hall_id": request["hall_id"]})

    @rpc(request=Say)
    def open(self, request):
        return told(request)

    @rpc(request=Fail)
    def fail(self, request):
        if request["kind"] == "bug":
            raise RuntimeError("a bug with a secret in its text")
        raise FAMILY[request["kind"]]("ECHO_FAILS", "as asked", violations=[Violation("kind", "as asked")], hall_id="h0001")

    @rpc(request=Wait)
    def wait(self, request):
        time.sleep(request["seconds"])
        return told({})

    @rpc(request=Say)
    def mismatch(self, request):
        return {"mood": "furious"}
