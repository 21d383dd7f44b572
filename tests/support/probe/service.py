"""A service of the tests' own: everything the chassis offers, and nothing of the field."""

from __future__ import annotations

import dataclasses
import time

import eventlet
import sqlalchemy as sa
from marshmallow import Schema, fields, validate

from chassis import Configuration, Database, Peer, consumes, due, rpc
from chassis.errors import FAMILY, FailedPrecondition, Violation
from chassis.events import Event
from chassis.paging import Page, page_token
from tests.support.probe.contracts import REGISTRY
from tests.support.probe.orm import Thing, ThingChanged, configure, effects, things

REFUSED_VALUE = 666
"""Changing a thing to it is refused, and the change stays."""


@dataclasses.dataclass(frozen=True)
class ProbeConfig:
    """How the probe misbehaves."""

    fail_subject: str = ""
    fail_times: int = 1000
    stall_seconds: float = 0.0
    block_seconds: float = 0.0


class PutThing(Schema):
    thing_id = fields.Str(required=True, validate=validate.Length(max=20))
    region = fields.Str(load_default="52.02")
    hall_id = fields.Str(load_default="h0001")
    value = fields.Int(required=True, strict=True)


class ThingAnswer(Schema):
    thing_id = fields.Str()
    value = fields.Int()
    version = fields.Int()
    secret = fields.Str()


class Named(Schema):
    thing_id = fields.Str(required=True)


class ListThings(Schema):
    page_size = fields.Int(load_default=None)
    page_token = fields.Str(load_default=None)


class Seconds(Schema):
    seconds = fields.Float(required=True)


class Kind(Schema):
    kind = fields.Str(required=True)


class Empty(Schema):
    pass


def mapped(thing: Thing, event: ThingChanged) -> Event:
    """Domain event → contract."""
    import datetime

    data = {"thing_id": thing.thing_id, "value": event.value}
    return Event(
        "probe.thing.changed", thing.thing_id, thing.version, thing.region, thing.hall_id, datetime.datetime.now(datetime.UTC), data
    )


class ProbeService:
    """Entrypoints of the probe."""

    name = "probe"
    config = Configuration(ProbeConfig)
    absent = Peer("absent")
    db = Database("probe", contracts=REGISTRY, mappers={ThingChanged: mapped}, configure=configure)

    @rpc(request=PutThing, response=ThingAnswer, mutating=True, told_once=("secret",))
    def put_thing(self, request):
        with self.db.transaction() as tx:
            tx.caller.require(request["region"], request["hall_id"])
            thing = tx.find(Thing, request["thing_id"], for_update=True)
            if thing is None:
                thing = Thing(request["thing_id"], request["region"], request["hall_id"])
                tx.add(thing)
            thing.change(request["value"])
            if request["value"] == REFUSED_VALUE:
                return FailedPrecondition("VALUE_REFUSED", "refused, and the attempt is kept", value=str(request["value"]))
            return {"thing_id": thing.thing_id, "value": thing.value, "version": thing.version, "secret": "once"}

    @rpc(request=Named, response=ThingAnswer)
    def get_thing(self, request):
        with self.db.read() as tx:
            thing = tx.get(Thing, request["thing_id"])
            tx.caller.require(thing.region, thing.hall_id)
            return thing

    @rpc(request=ListThings)
    def list_things(self, request):
        page = Page.of(**request)
        with self.db.read() as tx:
            query = sa.select(things.c.thing_id).where(tx.caller.where(things.c.region, things.c.hall_id)).order_by(things.c.thing_id)
            if page.after:
                query = query.where(things.c.thing_id > page.after[0])
            rows = [row.thing_id for row in tx.execute(query.limit(page.size + 1))]
        more = len(rows) > page.size
        return {"things": rows[: page.size], "next_page_token": page_token((rows[page.size - 1],)) if more else ""}

    @rpc(request=Seconds)
    def wait(self, request):
        time.sleep(request["seconds"])
        return {"waited": True}

    @rpc(request=Seconds)
    def wait_in_database(self, request):
        with self.db.read() as tx:
            tx.execute("SELECT pg_sleep(:s)", {"s": request["seconds"]})
        return {"waited": True}

    @rpc(request=Seconds, mutating=True)
    def write_slowly(self, request):
        with self.db.transaction() as tx:
            tx.execute(sa.insert(effects).values(event_id="slow", subject="slow", version=1, number=1))
            time.sleep(request["seconds"])
        return {"written": True}

    @rpc(request=Seconds)
    def ask_absent(self, request):
        return self.absent.call("anything", {}, timeout=request["seconds"])

    @rpc(request=Kind)
    def fail(self, request):
        if request["kind"] == "bug":
            raise RuntimeError("a bug with a secret in its text")
        error = FAMILY[request["kind"]]("PROBE_FAILS", "as asked", hall_id="h0001")
        error.violations.append(Violation("kind", "as asked"))
        raise error

    @consumes("probe.thing.changed", queue="things")
    def on_thing(self, event):
        if event.subject == self.config.fail_subject:
            raise RuntimeError(f"cannot stand {event.subject}")
        if event.subject == "block" and self.config.block_seconds:
            # What a C call without cooperation does: nothing else in this process runs meanwhile, no heartbeat either.
            eventlet.patcher.original("time").sleep(self.config.block_seconds)
        with self.db.transaction() as tx:
            row = {"event_id": event.id, "subject": event.subject, "version": event.version, "number": event.data["value"]}
            tx.execute(sa.insert(effects).values(row))

    @consumes("probe.tick.happened", queue="ticks", batch=200)
    def on_ticks(self, batch):
        if any(event.subject == self.config.fail_subject for event in batch):
            raise RuntimeError("a poison tick")
        if self.config.stall_seconds:
            time.sleep(self.config.stall_seconds)
        with self.db.transaction() as tx:
            rows = [{"event_id": e.id, "subject": e.subject, "version": e.version, "number": e.data["number"]} for e in batch]
            tx.execute(sa.insert(effects), rows)

    @due(every_seconds=0.2, batch=1)
    def sweep(self):
        with self.db.transaction() as tx:
            return tx.execute(
                sa.text("DELETE FROM probe.effects WHERE id IN (SELECT id FROM probe.effects WHERE subject = 'swept' LIMIT 1)")
            ).rowcount
