"""A test run that is killed leaves nothing behind: no node, no service process, no virtual host, no database."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.testing import eventually
from deploy.local import processes
from deploy.local.broker import create_vhost, delete_vhost, management_url_for
from deploy.local.postgres import PostgresNode
from tests.plugin import ROOT
from tests.support.leftovers import new_name, sweep


@pytest.fixture
def killed_run(tmp_path):
    """`killed_run(script)`: the words it prints, and its own death by SIGKILL after them."""

    def run(script):
        environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"}
        with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as child:
            words = child.stdout.readline().split()
            child.kill()
        assert child.returncode == -signal.SIGKILL
        assert words, "it ended before its time"
        return words

    return run


def test_its_nodes_are_ended_and_deleted(killed_run, tmp_path):
    directory = tmp_path / "postgres"
    words = killed_run(f"""
import pathlib, signal
from deploy.local.postgres import PostgresNode
from tests.support.guardian import guarded
with guarded(PostgresNode(pathlib.Path({str(directory)!r}))) as node:
    node.start()
    print(len(node.pids()), node.data, flush=True)
    signal.pause()
""")
    assert int(words[0]) > 1
    node = PostgresNode(directory)
    eventually(lambda: node.pids() == [] and not directory.exists() and not Path(words[1]).exists())


def test_its_service_processes_are_ended(killed_run, tmp_path, database_url, amqp_uri):
    settings = {"AMQP_URI": amqp_uri, "DATABASE_URL": database_url, "HALLBUS_SERVICE_MODULE": "tests.support.probe.service"}
    (pid,) = killed_run(f"""
import os, pathlib, signal
from tests.support.nursery import NURSERY
child = NURSERY.start(["probe"], env=os.environ | {settings!r} | {{"HALLBUS_PROBE_METRICS_PORT": "0"}}, log=pathlib.Path({str(tmp_path / "probe.log")!r}))
assert child.poll() is None
print(child.pid, flush=True)
signal.pause()
""")
    eventually(lambda: not processes.is_alive(int(pid)))


def test_its_virtual_hosts_and_databases_are_removed_by_the_next_run(nodes, killed_run):
    (vhost, database) = killed_run("""
import signal
from deploy.local.broker import create_vhost, management_url_for
from deploy.local.nodes import Nodes
from tests.support.leftovers import new_name
nodes = Nodes.current()
vhost, database = new_name(), new_name("hallbus_test")
create_vhost(management_url_for(nodes), vhost)
nodes.postgres.create_database(database)
print(vhost, database, flush=True)
signal.pause()
""")
    create_vhost(management_url_for(nodes), "test_of_somebody_else")
    alive = new_name()
    create_vhost(management_url_for(nodes), alive)
    swept = sweep(nodes)
    delete_vhost(management_url_for(nodes), alive)
    assert {vhost, database} <= set(swept)
    assert alive not in swept, "a run that goes on keeps what it has"
    assert not {vhost, database} & set(sweep(nodes))
