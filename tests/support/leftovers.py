"""Virtual hosts and databases of test runs that were killed: their names carry the run's pid, and the next run on the same private nodes removes them."""

from __future__ import annotations

import json
import os
import re
import urllib.request
import uuid
from base64 import b64encode
from urllib.parse import urlsplit

from deploy.local import processes
from deploy.local.broker import delete_vhost, management_url_for
from deploy.local.nodes import Nodes

_OURS = re.compile(r"^(?:hallbus_)?test_(\d+)_[0-9a-f]+$")


def new_name(kind: str = "test") -> str:
    """A name for something that must not outlive this process: `test_<pid>_<random>`; "hallbus_test" for databases."""
    return f"{kind}_{os.getpid()}_{uuid.uuid4().hex[:10]}"


def sweep(nodes: Nodes) -> list[str]:
    """Remove what dead runs left; their names. Servers that are not ours alone are left as they are: a pid says nothing of another machine."""
    if nodes.rabbit is None or nodes.postgres is None:
        return []
    management = management_url_for(nodes)
    vhosts = list(filter(_is_dead, _vhosts(management)))
    for name in vhosts:
        delete_vhost(management, name)
    databases = list(filter(_is_dead, nodes.postgres.sql("SELECT datname FROM pg_database").split()))
    for name in databases:
        nodes.postgres.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    return vhosts + databases


def _is_dead(name: str) -> bool:
    found = _OURS.match(name)
    return found is not None and not processes.is_alive(int(found[1]))


def _vhosts(management_url: str) -> list[str]:
    where = urlsplit(management_url)
    credentials = b64encode(f"{where.username}:{where.password}".encode()).decode()
    request = urllib.request.Request(
        f"http://{where.hostname}:{where.port}/api/vhosts?columns=name", headers={"Authorization": f"Basic {credentials}"}
    )
    with urllib.request.urlopen(request, timeout=15) as answer:
        return [row["name"] for row in json.load(answer)]
