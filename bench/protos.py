"""Generates the bench's own protobuf code at start, outside the committed tree.

It lands in another part of the namespace package hallbus.v1, so that our gateway, which serves every file of that package on its
path, serves the bench's method without a line of its own.
"""

import importlib
import sys
from pathlib import Path
from types import ModuleType

from bench.arena import GENERATED, ROOT

FOLDER = Path(__file__).parent / "proto"
SOURCE = "hallbus/v1/bench.proto"


def generate(target: Path = GENERATED) -> None:
    """Write hallbus/v1/bench_pb2.py below the target folder; raises RuntimeError when protoc refuses the proto."""
    import grpc_tools
    from grpc_tools import protoc

    target.mkdir(parents=True, exist_ok=True)
    well_known = Path(grpc_tools.__file__).parent / "_proto"
    includes = [f"-I{folder}" for folder in (FOLDER, ROOT / "proto", well_known)]
    if protoc.main(["protoc", *includes, f"--python_out={target}", SOURCE]) != 0:
        raise RuntimeError(f"protoc refused {FOLDER / SOURCE}")


def messages() -> ModuleType:
    """The generated messages."""
    return house("bench_pb2")


def house(name: str) -> ModuleType:
    """A generated module of hallbus.v1; the search path is widened, which a namespace package notices."""
    for folder in (ROOT / "gen", GENERATED):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    return importlib.import_module(f"hallbus.v1.{name}")
