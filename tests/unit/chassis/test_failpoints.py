"""Named crash points, each in a process of its own."""

import os
import re
import subprocess
import sys

import pytest

from chassis.failpoints import NAMES, failpoint
from tests.plugin import ROOT

PASS_THREE = "from chassis.failpoints import failpoint\nfor n in range(3): print(n, flush=True); failpoint('rpc.before_reply')"


def run(code, setting):
    env = {**os.environ, "HALLBUS_FAILPOINT": setting}
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(("setting", "passed"), [("rpc.before_reply", 1), ("rpc.before_reply:1", 1), ("rpc.before_reply:3", 3)])
def test_the_process_dies_at_the_nth_pass(setting, passed):
    ended = run(PASS_THREE, setting)
    assert (ended.returncode, ended.stdout.split()) == (137, [str(n) for n in range(passed)])


@pytest.mark.parametrize("setting", ["", "rpc.before_reply:4", "transaction.before_commit"])
def test_otherwise_it_lives(setting):
    assert run(PASS_THREE, setting).returncode == 0


def test_a_name_that_is_not_known_is_refused_at_the_start():
    ended = run(PASS_THREE, "rpc.befor_reply")
    assert ended.returncode == 1
    assert "HALLBUS_FAILPOINT names 'rpc.befor_reply'" in ended.stderr


def test_passing_an_unregistered_point_is_a_mistake_that_shows():
    ended = run("from chassis.failpoints import failpoint; failpoint('elsewhere')", "rpc.before_reply")
    assert "unknown failpoint 'elsewhere'" in ended.stderr


def test_without_the_setting_nothing_is_counted():
    failpoint("rpc.before_reply")


def test_every_point_in_the_code_is_registered_and_every_registered_one_is_there():
    found = set()
    for folder in ("chassis", "services"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= set(re.findall(r'failpoint\("([a-z._]+)"\)', path.read_text()))
    assert found == NAMES
