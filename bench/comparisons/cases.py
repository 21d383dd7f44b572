"""The life of a case (receive, accept, decide, list) through gateway and service, on empty tables and on a million stored cases."""

import os
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from bench.arena import LOCAL, Arena
from bench.loads.lifecycle import Clerks, LifeResult
from bench.ports import free_port
from bench.processes import Child, running
from bench.subject import Comparison, Floor, IncorrectResultError, Limit, Role, Sample
from bench.subjects import house
from bench.subjects.gateway import Account
from bench.subjects.stored_cases import store

STORED = int(os.environ.get("HALLBUS_BENCH_CASES", "1000000"))
"""Rows of the filled contestant; a smaller number is for trying the benchmark out and no result."""

GOAL_PER_SECOND = 60
PERMISSIONS = ["intake.case.read", "intake.case.write", "intake.case.decide"]
WARM_UP_SECONDS = 1.0
LOOKING_SECONDS = 4.0
"""Of lists and searches alone, by two people at once: how long one takes when the machine is not kept full on purpose."""
_CITY = (Path(__file__).parent.parent / "sql" / "case_city.sql").read_text()
_EVENTS = """
select (select count(*) from intake.cases where state = 'decided' and case_no not like 'STORED-%'),
       (select count(*) from (select envelope from intake.outbox union all select envelope from intake.event_log) said
        where said.envelope like '%hallbus.intake.case.decided.v1%')
"""


@dataclass
class CaseLife:
    """Gateway and intake over `stored` cases. Tables are filled once; what a round adds stays for the next one."""

    name: str
    role: Role
    stored: int
    _account: Account | None = field(default=None, init=False)

    def missing(self) -> str | None:
        """Why it cannot run here."""
        return house.lacking("chassis.runner", "services.intake.service", "gateway.__main__")

    def run(self, arena: Arena, seconds: float) -> Sample:
        """Fresh processes, tables filled when they are not, a warm-up, the measured stretch, then every decision held against rows and events."""
        fresh = self._prepare(arena)
        port = free_port()
        with running(self._start(arena, port)) as children:
            clerks = Clerks(port, [("authorization", f"Bearer {self._known().token}")])
            try:
                if fresh:
                    clerks.run(60, cycles=1)
                    if self.stored:
                        store(arena, self.stored)
                        arena.execute("checkpoint")  # or its writes would fall into the measured stretch
                before = self._decided(arena)
                warm = clerks.run(WARM_UP_SECONDS)
                meter = arena.meter(children)
                result = clerks.run(seconds)
                cpu = meter.per_operation(result.cycles)
                looks = clerks.look(LOOKING_SECONDS)
            finally:
                clerks.close()
            self._verify(arena, before, warm, result)
        return Sample(result.cycles, result.seconds, cpu, figures(result) | percentiles(looks, ""))

    def _prepare(self, arena: Arena) -> bool:
        self._account = self._account or Account(LOCAL / f"{arena.name}.jwt.pem", PERMISSIONS)
        if arena.fetch("select 1 from information_schema.schemata where schema_name = 'intake'"):
            return False
        house.migrate(arena, "intake")
        arena.execute(_CITY)
        return True

    def _start(self, arena: Arena, port: int) -> list[Child]:
        status, audit = free_port(), LOCAL / "logs" / f"{arena.name}.audit.log"
        audit.unlink(missing_ok=True)
        settings = house.environment(
            arena,
            HALLBUS_JWT_PUBLIC_KEY_FILE=str(self._known().key_file),
            HALLBUS_GATEWAY_PORT=str(port),
            HALLBUS_GATEWAY_METRICS_PORT=str(status),
            HALLBUS_GATEWAY_AUDIT_PATH=str(audit),
        )
        return [
            house.service(arena, "intake", workers=10),
            house.service(arena, "intake", workers=10, alias="intake-2"),
            house.process(arena, "gateway", ["gateway"], status, settings),
        ]

    def _verify(self, arena: Arena, before: tuple[int, int], *results: LifeResult) -> None:
        cycles = sum(result.cycles for result in results)
        rows, events = (now - then for now, then in zip(self._decided(arena), before, strict=True))
        if not (rows == events == cycles):
            raise IncorrectResultError(f"{self.name}: {cycles} cases taken through, but {rows} decided rows and {events} events")

    def _decided(self, arena: Arena) -> tuple[int, int]:
        ((rows, events),) = arena.fetch(_EVENTS)
        return int(str(rows)), int(str(events))

    def _known(self) -> Account:
        assert self._account is not None, "_prepare() comes first"
        return self._account


def figures(result: LifeResult) -> dict[str, float]:
    """Milliseconds: a whole life, and the 95th percentile of each call while 16 clerks keep both cores full."""
    return {"ms_per_life": result.seconds * 1000 / max(1, result.cycles)} | percentiles(result, "full_")


def percentiles(result: LifeResult, prefix: str) -> dict[str, float]:
    """The 95th percentile of each call that was made often enough, in milliseconds."""
    return {
        f"{prefix}{name}_p95_ms": statistics.quantiles(seconds, n=20)[18] * 1000
        for name, seconds in result.latencies.items()
        if len(seconds) >= 20
    }


def comparison() -> Comparison:
    """The filled city against the empty one; the ratio says what a million cases cost."""
    return Comparison(
        name="cases",
        title=f"receive, accept, decide, list: 16 clerks in 24 halls, {STORED:,} stored cases against none",
        unit="lives/s",
        subjects=(CaseLife("hallbus-stored", "ours", STORED), CaseLife("hallbus-empty", "limit", 0)),
        floors=(Floor("hallbus-empty", 0.7),),
        limits=(Limit("ms_per_life", 1000 / GOAL_PER_SECOND), Limit("list_p95_ms", 50), Limit("search_p95_ms", 50)),
    )
