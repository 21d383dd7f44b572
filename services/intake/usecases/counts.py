"""Folding the changes of counts into the counts; any number of processes may do it."""

from __future__ import annotations

from chassis.database import Db

_FOLD = """
WITH taken AS (
    DELETE FROM intake.case_count_changes WHERE ctid = ANY (
        ARRAY(SELECT ctid FROM intake.case_count_changes LIMIT %(batch)s FOR UPDATE SKIP LOCKED))
    RETURNING region, hall_id, unit_id, item_id, state, n
), summed AS (
    SELECT region, hall_id, unit_id, item_id, state, sum(n) AS n FROM taken GROUP BY region, hall_id, unit_id, item_id, state
), folded AS (
    INSERT INTO intake.case_counts AS known (region, hall_id, unit_id, item_id, state, n)
    -- In order: two processes that fold at once wait for each other and never in a circle.
    SELECT region, hall_id, unit_id, item_id, state, n FROM summed ORDER BY hall_id, unit_id, item_id, state, region
    ON CONFLICT (hall_id, unit_id, item_id, state, region) DO UPDATE SET n = known.n + excluded.n
)
SELECT count(*) FROM taken
"""


def fold_counts(db: Db, *, batch: int) -> int:
    """Take up to `batch` changes into the counts; how many they were."""
    with db.transaction() as tx:
        return int(tx.connection.exec_driver_sql(_FOLD, {"batch": batch}).scalar_one())
