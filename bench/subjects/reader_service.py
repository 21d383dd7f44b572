"""The bench's own consumer on the chassis: batches of 200 into one table."""

from sqlalchemy import text

from bench.subjects.contracts import REGISTRY, TYPE
from chassis import Database, consumes

INSERT_EFFECTS = text("""
insert into bench_reader.effect (message_id, subject, hall_id, points, version)
select * from unnest(
    cast(:ids as text[]), cast(:subjects as text[]), cast(:halls as text[]), cast(:points as int[]), cast(:versions as int[])
)
""")


class ReaderService:
    """Entrypoints only."""

    name = "bench_reader"
    db = Database("bench_reader", contracts=REGISTRY)

    @consumes(TYPE, queue="effects", batch=200)
    def on_cases(self, batch):
        """One statement for the whole batch."""
        columns = {
            "ids": [event.id for event in batch],
            "subjects": [event.subject for event in batch],
            "halls": [event.hall_id for event in batch],
            "points": [event.data["points"] for event in batch],
            "versions": [event.version for event in batch],
        }
        with self.db.transaction() as tx:
            tx.execute(INSERT_EFFECTS, columns)
