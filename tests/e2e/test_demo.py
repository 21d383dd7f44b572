"""The two commands of the README on real parts: `make demo` judges its own day, `make run` stays up and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from chassis.testing import PATIENCE
from deploy.local import processes
from deploy.local.broker import delete_vhost, management_url_for
from deploy.local.databases import libpq_url
from deploy.local.supervisor import RUN_MARKER, dying_with_us

pytestmark = pytest.mark.timeout(1800)

ROOT = Path(__file__).parents[2]
NAME = "hallbus_e2e_demo"


@pytest.fixture(scope="module")
def house(nodes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for both tests: the second run finds what the first one left."""
    made = House(tmp_path_factory.mktemp("house"), nodes)
    yield made
    made.clear()


class House:
    """A run of its own: folder, virtual host and database apart from a `make run` that may be up."""

    def __init__(self, folder: Path, nodes) -> None:
        self._nodes = nodes
        self.local = folder / "local"
        self.environment = os.environ | {
            "HALLBUS_LOCAL_DIR": str(self.local), "HALLBUS_RUN_NAME": NAME, "AMQP_URI": nodes.amqp_uri, "DATABASE_URL": nodes.database_url,
            "HALLBUS_MANAGEMENT_URL": management_url_for(nodes), "HALLBUS_SIMULATOR_DAY_SECONDS": "40",
            "HALLBUS_READY_SECONDS": str(120 * PATIENCE),
        }  # fmt: skip
        self.output = folder / "output.log"

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.output.open("wb") as output:
            command = dying_with_us([sys.executable, "-m", "deploy.local.run", *arguments])
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=output, stderr=output, start_new_session=True)

    def text(self) -> str:
        return self.output.read_text()

    def left_behind(self) -> list[int]:
        """Processes that carry this run's mark."""
        return processes.with_environment(RUN_MARKER, str(self.local / "run"))

    def clear(self) -> None:
        delete_vhost(management_url_for(self._nodes), NAME)
        connection = psycopg2.connect(libpq_url(self._nodes.database_url))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.close()


def test_the_demo_comes_out_as_sent_and_ends_by_itself(house):
    code = house.start("--demo").wait(timeout=800)

    assert code == 0, house.text()[-6000:]
    assert "nothing lost, nothing twice" in house.text()
    assert "no message is parked" in house.text()
    assert house.left_behind() == []


def test_the_house_stays_open_until_ctrl_c_and_leaves_nothing_behind(house):
    running = house.start()
    try:
        _until(lambda: "Ctrl-C closes it" in house.text() or running.poll() is not None, within=800)
        assert running.poll() is None, house.text()[-6000:]
        told = json.loads((house.local / "run" / "addresses.json").read_text())
        assert told["addresses"]["gateway"] in house.text()
        assert len(house.left_behind()) >= 9
        for section in (
            "打卡 (punches)",
            "考勤 (attendance)",
            "办件 (cases by state)",
            "好差评 (ratings)",
            "得分最低的窗口 (the worst window)",
        ):
            assert section in house.text()
    finally:
        running.send_signal(signal.SIGINT)
        code = running.wait(timeout=200)

    assert code == 0
    assert house.left_behind() == []
    assert not (house.local / "run" / "addresses.json").exists()


def _until(so, within: float) -> None:
    ends = time.monotonic() + within
    while not so():
        assert time.monotonic() < ends, "not so in time"
        time.sleep(0.2)
