"""The demo day once more, while every process is killed in its course: the day's own check must still find nothing lost and nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest

from chassis.testing import PATIENCE, eventually
from deploy.local.broker import delete_vhost, management_url_for
from deploy.local.nodes import Nodes
from deploy.local.supervisor import dying_with_us
from tests.plugin import ROOT
from tests.support.databases import administer

#: Killed at the stroke of these hours of the simulated day, one after the other.
VICTIMS = {
    "09:00": "devices",
    "10:00": "intake",
    "11:00": "evaluation",
    "12:00": "attendance",
    "13:00": "scoring",
    "14:00": "supervision",
    "15:00": "directory",
    "16:00": "notifications",
    "17:00": "gateway",
}


def pids_of(name: str, local: Path) -> list[int]:
    """Processes of the house that lives under `local`, recognised by their environment."""
    wanted = ["-m", "gateway"] if name == "gateway" else ["-m", "chassis.runner", name]
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode().split("\0")
            own = f"HALLBUS_LOCAL_DIR={local}".encode() in (entry / "environ").read_bytes()
        except (OSError, UnicodeDecodeError):
            continue
        if own and any(words[i : i + len(wanted)] == wanted for i in range(len(words))):
            found.append(int(entry.name))
    return found


@pytest.mark.timeout(1200)
def test_the_day_comes_out_whole_though_every_process_is_killed_once(nodes: Nodes, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    name = f"hallbus_kills_{uuid.uuid4().hex[:8]}"
    environment = {
        **os.environ,
        **nodes.environment(),
        "HALLBUS_LOCAL_DIR": str(tmp_path),
        "HALLBUS_RUN_NAME": name,
        "HALLBUS_READY_SECONDS": str(120 * PATIENCE),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}",
    }
    command = dying_with_us([sys.executable, "-W", "ignore", "-m", "deploy.local.run", "--demo"])
    house = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines: list[str] = []
    killed: dict[str, int] = {}

    def read() -> None:
        assert house.stdout is not None
        for line in house.stdout:
            lines.append(line)
            stroke = next((hour for hour in VICTIMS if f"Mon {hour} " in line), None)
            if stroke is not None:
                name = VICTIMS[stroke]
                killed[name] = 0
                for pid in pids_of(name, tmp_path):
                    os.kill(pid, signal.SIGKILL)
                    killed[name] += 1

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        eventually(lambda: house.poll() is not None, within=250, every=0.5)
    finally:
        if house.poll() is None:
            house.terminate()
            house.wait(200)
        delete_vhost(management_url_for(nodes), name)
        administer(nodes.database_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    reader.join(10)
    assert house.stdout is not None
    house.stdout.close()
    assert killed == dict.fromkeys(VICTIMS.values(), 1), "each process was there and was killed:\n" + "".join(lines[-150:])
    assert house.returncode == 0, "".join(lines[-150:])
    eventually(lambda: not any(pids_of(name, tmp_path) for name in VICTIMS.values()), within=10)
