"""A minute of seeded chaos on every run; `make chaos SECONDS= SEED=` goes on for longer."""

import os
import sys
import time

import pytest

from tests.chaos import rage


@pytest.mark.timeout(1200)
def test_a_minute_of_chaos_loses_nothing(arena, record_property):
    seed = int(os.environ.get("HALLBUS_CHAOS_SEED") or time.time())
    record_property("seed", seed)
    sys.stdout.write(f"chaos seed {seed}\n")
    faults = rage(arena, seconds=60, seed=seed, least=3)
    record_property("faults", faults)
    assert len(faults) >= 3
