"""A run restarts what dies, says what does not become ready and why, and leaves no process behind."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import processes
from deploy.local.ports import free_port
from deploy.local.readiness import NotReadyError, wait_ready
from deploy.local.services import Program
from deploy.local.supervisor import RUN_MARKER, Layout, Supervisor, end_leftovers, instances, render

ROOT = Path(__file__).resolve().parents[3]


class Run:
    """Two tiny processes under a supervisord of their own."""

    def __init__(self, directory, **environment):
        self.layout = Layout(run=directory / "run", log=directory / "log", stop_seconds=5)
        self.layout.run.mkdir(parents=True)
        self.layout.log.mkdir()
        names = ("alpha", "beta")
        self.programs = [
            Program(
                name=name,
                arguments=("tests/integration/deploy/tiny_process.py", f"HALLBUS_{name}_METRICS_PORT".upper()),
                ports={"metrics": 0},
            )
            for name in names
        ]
        ports = {program.port_variable("metrics"): free_port() for program in self.programs}
        self.wanted = instances(self.programs, ports)
        self.layout.configuration.write_text(render(self.wanted, self.layout))
        self.supervisor = Supervisor(self.layout)
        self.environment = os.environ | {RUN_MARKER: str(self.layout.run), "TINY_STATUS": "200"} | environment
        self.said = []

    def start(self):
        self.supervisor.start(self.environment)

    def wait_ready(self):
        wait_ready(self.wanted, self.supervisor, self.layout, say=self.said.append)

    def pids(self):
        return processes.with_environment(RUN_MARKER, str(self.layout.run))


@pytest.fixture
def a_run(tmp_path):
    made = []

    def make(**environment):
        made.append(Run(tmp_path, **environment))
        made[-1].start()
        return made[-1]

    yield make
    for run in made:
        run.supervisor.stop()
        assert run.pids() == []


def test_a_killed_process_is_started_again(a_run):
    run = a_run()
    run.wait_ready()
    assert sorted(line.split()[0] for line in run.said) == ["alpha", "beta"]
    first = run.supervisor.states()["alpha"]["pid"]
    processes.send([first], signal.SIGKILL)

    def back():
        state = run.supervisor.states().get("alpha", {})
        return state.get("statename") == "RUNNING" and state["pid"] != first

    processes.wait_until(back, within=15, what="alpha to run again")
    run.wait_ready()


def test_a_process_that_dies_at_every_start_is_named_with_the_end_of_its_log(a_run):
    run = a_run(TINY_DIES="yes")
    with pytest.raises(NotReadyError, match=r"(alpha|beta) dies at every start(?s:.*)tiny dies: TINY_DIES is set"):
        run.wait_ready()


def test_a_process_that_is_not_ready_in_time_is_named_with_its_answer(a_run, monkeypatch):
    monkeypatch.setenv("HALLBUS_READY_SECONDS", "1")
    run = a_run(TINY_STATUS="503")
    with pytest.raises(NotReadyError, match=r"is not ready after 1 s \((port \d+|/readyz says 503 database: no answer)"):
        run.wait_ready()


def test_everything_ends_when_the_run_is_killed(tmp_path):
    run = Run(tmp_path)
    run.start()
    run.wait_ready()
    script = (
        "import sys, signal; from deploy.local.supervisor import *; import subprocess; "
        "subprocess.Popen(dying_with_us(['sleep', '600'])); print('up', flush=True); signal.pause()"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=run.environment, stdout=subprocess.PIPE)
    with parent:
        assert parent.stdout.readline() == b"up\n"
        processes.wait_until(lambda: any("sleep" in processes.command_line(pid) for pid in run.pids()), within=5, what="the child")
        parent.kill()
    processes.wait_until(lambda: not any("sleep" in processes.command_line(pid) for pid in run.pids()), within=5, what="the child's end")

    # What the kernel did not end is ended by the next run.
    assert end_leftovers(run.layout.run) >= 3
    assert run.pids() == []
    run.supervisor.stop()


def test_a_second_run_is_refused(tmp_path):
    local = tmp_path / "local"
    (local / "run").mkdir(parents=True)
    with (local / "run" / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = subprocess.run(
            [sys.executable, "-m", "deploy.local.run"],
            cwd=ROOT,
            env=os.environ | {"HALLBUS_LOCAL_DIR": str(local)},
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert done.returncode == 2
    assert "the house is running already" in done.stderr
