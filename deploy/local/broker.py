"""The broker's virtual hosts and policies, through its management API: `python -m deploy.local.broker apply`.

The policies themselves are data: `deploy/rabbitmq/policies.json`, explained in the README beside it.
"""

from __future__ import annotations

import base64
import http
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from deploy.local.nodes import Nodes, NodesError

POLICIES = Path(__file__).resolve().parents[1] / "rabbitmq" / "policies.json"

_TIMEOUT_S = 15.0


class BrokerError(Exception):
    """The management API refused a request or could not be reached; the message says which and why."""


def apply_policies(management_url: str, vhost: str) -> list[str]:
    """Put every policy into the virtual host and return their names; again is harmless. Raises BrokerError."""
    policies = json.loads(POLICIES.read_text())["policies"]
    for policy in policies:
        put_policy(management_url, vhost, policy["name"], policy["pattern"], policy["definition"], priority=policy["priority"])
    return [policy["name"] for policy in policies]


def put_policy(management_url: str, vhost: str, name: str, pattern: str, definition: dict[str, Any], *, priority: int = 0) -> None:
    """Put one policy for queues; of those that match a queue the one with the highest priority counts. Raises BrokerError."""
    body = {"pattern": pattern, "definition": definition, "priority": priority, "apply-to": "queues"}
    _call(management_url, "PUT", f"policies/{quote(vhost, safe='')}/{quote(name, safe='')}", body)


def create_vhost(management_url: str, vhost: str) -> None:
    """Create a virtual host with all rights for the user of the URL; again is harmless. Raises BrokerError."""
    name, user = quote(vhost, safe=""), quote(_credentials(management_url)[0], safe="")
    _call(management_url, "PUT", f"vhosts/{name}")
    _call(management_url, "PUT", f"permissions/{name}/{user}", {"configure": ".*", "write": ".*", "read": ".*"})


def delete_vhost(management_url: str, vhost: str) -> None:
    """Delete a virtual host with all its queues and messages; one that is not there is no error. Raises BrokerError."""
    _call(management_url, "DELETE", f"vhosts/{quote(vhost, safe='')}", missing_is_fine=True)


def list_queues(management_url: str, vhost: str) -> list[dict[str, Any]]:
    """Every queue of the virtual host as the management API describes it (`name`, `durable`, `arguments`, …). Raises BrokerError."""
    found: list[dict[str, Any]] = json.loads(_call(management_url, "GET", f"queues/{quote(vhost, safe='')}"))
    return found


def management_url_for(nodes: Nodes) -> str:
    """Return the management API of the broker: HALLBUS_MANAGEMENT_URL, else the usual port of AMQP_URI's host."""
    if nodes.management_url:
        return nodes.management_url
    broker = urlsplit(nodes.amqp_uri)
    secure = broker.scheme.endswith("s")
    scheme, port = ("https", 15671) if secure else ("http", 15672)
    return f"{scheme}://{broker.username or 'guest'}:{broker.password or 'guest'}@{broker.hostname}:{port}"


def vhost_of(amqp_uri: str) -> str:
    """Return the virtual host an AMQP URI names; `/` if it names none."""
    return unquote(urlsplit(amqp_uri).path[1:]) or "/"


def _call(management_url: str, method: str, path: str, body: dict[str, Any] | None = None, *, missing_is_fine: bool = False) -> bytes:
    where = urlsplit(management_url)
    user, password = _credentials(management_url)
    request = urllib.request.Request(  # noqa: S310 - the operator's own URL, http or https
        f"{where.scheme}://{where.hostname}:{where.port}/api/{path}",
        method=method,
        data=json.dumps(body or {}).encode() if method == "PUT" else None,
        headers={
            "Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode(),
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - as above
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            if missing_is_fine and error.code == http.HTTPStatus.NOT_FOUND:
                return b""
            reason = error.read().decode(errors="replace")
        raise BrokerError(f"{method} {path}: {error.code} {reason}") from None
    except OSError as error:
        raise BrokerError(f"management API at {where.hostname}:{where.port} cannot be reached: {error}") from None


def _credentials(management_url: str) -> tuple[str, str]:
    where = urlsplit(management_url)
    return unquote(where.username or "guest"), unquote(where.password or "guest")


def main(arguments: list[str]) -> int:
    """Apply the policies to the virtual host of AMQP_URI; return the exit code."""
    if arguments != ["apply"]:
        print("usage: python -m deploy.local.broker apply", file=sys.stderr)
        return 2
    try:
        nodes = Nodes.current()
        vhost = vhost_of(nodes.amqp_uri)
        names = apply_policies(management_url_for(nodes), vhost)
    except (NodesError, BrokerError) as error:
        print(f"broker: {error}", file=sys.stderr)
        return 2
    print(f"broker: {len(names)} policies in virtual host {vhost}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
