"""The devices service at its hardware port, with terminals that are registered and approved."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.arena import Arena
from bench.processes import Child
from bench.subjects import house

RESET = """
truncate devices.outbox, devices.event_log, devices.punches, devices.uploads, devices.quarantine, devices.contacts, devices.devices;
update devices.relay_state set seq = 0, published = 0
"""
APPROVED = """
insert into devices.devices (device_sn, kind, family, state, region, hall_id, zone, registered_at, approved_at, online, enrolment, version)
select sn, 'terminal', 'zk_push', 'approved', '52.02.01', 'h0001', 'Asia/Shanghai', now(), now(), false, 1, 2 from unnest(%(serials)s) as sn;
insert into devices.contacts (device_sn, first_seen_at, last_seen_at) select sn, now(), now() from unnest(%(serials)s) as sn
"""
STORED = """
with told as (select envelope from devices.outbox union all select envelope from devices.event_log)
select (select count(*) from devices.punches),
       (select coalesce(sum(jsonb_array_length(envelope::jsonb #> '{data,punches}')), 0)
          from told where envelope::jsonb ->> 'type' = 'hallbus.devices.punch.recorded.v1')
"""


@dataclass
class DevicesService:
    """Raw request kept, lines judged, punches deduplicated, contact noted, event written: one statement, one commit."""

    relaying: bool

    def prepare(self, arena: Arena, terminals: Sequence[str]) -> None:
        """Empty tables but for the terminals."""
        if not arena.fetch("select 1 from information_schema.schemata where schema_name = 'devices'"):
            house.migrate(arena, "devices")
        arena.execute(RESET)
        arena.execute(APPROVED, {"serials": list(terminals)})

    def start(self, arena: Arena, port: int) -> list[Child]:
        """One process of the service."""
        listening = {"HALLBUS_DEVICES_HTTP_HOST": "127.0.0.1", "HALLBUS_DEVICES_HTTP_PORT": str(port)}
        return [house.service(arena, "devices", env={**listening, **({} if self.relaying else house.RELAY_ASLEEP)})]

    def stored(self, arena: Arena) -> tuple[int, int]:
        """Punches in the table, punches in the events."""
        ((stored, announced),) = arena.fetch(STORED)
        return int(str(stored)), int(str(announced))
