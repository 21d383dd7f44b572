"""Generates `gen/hallbus/v1/` from `proto/`: `python -m gateway.protogen [--check]`.

Deterministic: one protoc run per file with the grpcio-tools of the lock file, the output taken as it is. A proto that does not compile
is named and leaves its old output alone; the others are generated. `--check` writes nothing and exits 1 when the committed code is not
that of the protos.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROTO = ROOT / "proto"
GEN = ROOT / "gen"
_PACKAGE = Path("hallbus/v1")


def generate(target: Path, *, proto: Path = PROTO) -> tuple[dict[Path, bytes], list[str]]:
    """Compile every proto into `target`; return the output by its path below `target`, and the protos that protoc refused."""
    # Not needed by the gateway itself: it comes with the development tools only.
    import grpc_tools  # type: ignore[import-untyped]  # has no stubs
    from grpc_tools import protoc

    well_known = Path(grpc_tools.__file__).parent / "_proto"
    refused = []
    for source in sources(proto):
        options = [f"-I{proto}", f"-I{PROTO}", f"-I{well_known}", f"--python_out={target}"]
        if _has_service(source):
            options.append(f"--grpc_python_out={target}")
        if protoc.main(["protoc", *options, str(source)]) != 0:
            refused.append(source.relative_to(proto).as_posix())
    output = {path.relative_to(target): path.read_bytes() for path in sorted(target.rglob("*.py*")) if path.is_file()}
    return output, refused


def sources(proto: Path = PROTO) -> list[Path]:
    """The protos of package hallbus.v1, in the order of their names."""
    return sorted((proto / _PACKAGE).glob("*.proto"))


def drift(output: dict[Path, bytes], *, gen: Path = GEN) -> list[str]:
    """What differs between freshly generated code and the committed one, a line each."""
    committed = _committed(gen)
    lines = [f"missing: {path}" for path in output.keys() - committed.keys()]
    lines += [f"left over: {path}" for path in committed.keys() - output.keys()]
    lines += [f"differs: {path}" for path in output.keys() & committed.keys() if output[path] != committed[path]]
    return sorted(lines)


def write(output: dict[Path, bytes], refused: Sequence[str], *, gen: Path = GEN) -> list[Path]:
    """Bring `gen` to `output`; touches only files that change and returns them. Output of a refused proto stays."""
    kept = {Path(name).stem + "_pb2" for name in refused}
    changed = []
    for path, body in output.items():
        place = gen / path
        if not place.exists() or place.read_bytes() != body:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(body)
            changed.append(path)
    for path in _committed(gen).keys() - output.keys():
        if path.name.split(".")[0].removesuffix("_grpc") not in kept:
            (gen / path).unlink()
            changed.append(path)
    return sorted(changed)


def version_problem() -> str | None:
    """Generated code refuses an older runtime, so the tool and the runtime must be the same release."""
    tools, runtime = importlib.metadata.version("grpcio-tools"), importlib.metadata.version("grpcio")
    return None if tools == runtime else f"grpcio-tools {tools} is not grpcio {runtime}: run `make setup`"


def _committed(gen: Path) -> dict[Path, bytes]:
    return {path.relative_to(gen): path.read_bytes() for path in (gen / _PACKAGE).glob("*_pb2*.py*") if path.is_file()}


def _has_service(source: Path) -> bool:
    return any(line.startswith("service ") for line in source.read_text().splitlines())


def main(arguments: Sequence[str]) -> int:
    """Exit code 0 when `gen/` is (now) that of the protos, 1 when a proto is refused or, with --check, when there is drift."""
    parser = argparse.ArgumentParser(prog="python -m gateway.protogen", description="generate gen/hallbus/v1 from proto/")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 on drift")
    check = parser.parse_args(arguments).check
    if problem := version_problem():
        sys.stderr.write(problem + "\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        output, refused = generate(Path(folder))
    for name in refused:
        sys.stderr.write(f"refused: {name}\n")
    lines = drift(output) if check else [f"{'wrote' if path in output else 'removed'} {path}" for path in write(output, refused)]
    for line in lines:
        sys.stdout.write(line + "\n")
    if check and lines:
        sys.stderr.write("gen/ is not that of proto/: run `make proto` and commit\n")
    return 1 if refused or (check and lines) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
