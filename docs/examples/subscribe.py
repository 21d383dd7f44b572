"""Read Hallbus' events as an integrator: `python docs/examples/subscribe.py [--from-start] [--after CURSOR] [--count N]`.

Address and API key come from HALLBUS_ADDRESS and HALLBUS_API_KEY, or from a sandbox that `make run` keeps up.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "gen"))

import grpc  # noqa: E402  the generated code lies beside the sources, not in the environment
from hallbus.v1 import events_pb2, events_pb2_grpc  # noqa: E402


def sandbox() -> tuple[str, str]:
    """Address and key: from the environment, else from the running sandbox."""
    if "HALLBUS_ADDRESS" in os.environ:
        return os.environ["HALLBUS_ADDRESS"], os.environ["HALLBUS_API_KEY"]
    running = json.loads((ROOT / ".local" / "run" / "addresses.json").read_text())
    return running["addresses"]["gateway"], running["environment"]["HALLBUS_ADMIN_API_KEY"]


def main() -> int:
    """Print events and, at the end, the cursor to go on from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from-start", action="store_true", help="begin with the oldest event of the log")
    parser.add_argument("--after", default="", help="cursor of an earlier run")
    parser.add_argument("--count", type=int, default=20)
    options = parser.parse_args()
    address, key = sandbox()
    start = events_pb2.START_EARLIEST if options.from_start else events_pb2.START_LATEST
    seen, cursor = 0, options.after
    with grpc.insecure_channel(address) as channel:
        stub = events_pb2_grpc.EventServiceStub(channel)
        stream = stub.Subscribe(events_pb2.SubscribeRequest(after=options.after, start=start), metadata=[("x-api-key", key)])
        for batch in stream:
            for event in batch.events:
                body = json.loads(event.json)
                sys.stdout.write(f"{body['time']}  {event.type}  {event.subject}  {json.dumps(body['data'], ensure_ascii=False)}\n")
            seen, cursor = seen + len(batch.events), batch.cursor
            if seen >= options.count:
                break
    sys.stdout.write(f"cursor: {cursor}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
