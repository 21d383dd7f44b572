"""A throw-away copy of the checkout in which a mutant is put together, tried and taken apart again. The checkout itself is never touched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.nodes import local_directory
from tests.mutants.catalogue import Edit, Mutant

ROOT = Path(__file__).resolve().parents[2]
#: A mutant that makes a test hang is told by this bound and not by somebody's patience.
TEST_SECONDS = 200
SESSION_SECONDS = 500


class DoesNotApply(Exception):
    """The old text does not occur exactly once: the patch has to be brought up to date."""


@dataclass(frozen=True)
class Trial:
    """How a selection of tests ended: `assertion` is the first failed claim of a test, `trouble` anything else that went wrong, `failed` the tests' ids."""

    seconds: float
    assertion: str = ""
    trouble: str = ""
    failed: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """All tests were green."""
        return not self.assertion and not self.trouble


def edited(text: str, edit: Edit) -> str:
    """The text of a file after one edit; raises DoesNotApply naming file and count."""
    count = text.count(edit.old)
    if count != 1:
        raise DoesNotApply(f"{edit.file}: the old text occurs {count} times: {edit.old.strip().splitlines()[0]!r}")
    return text.replace(edit.old, edit.new)


def patched(root: Path, mutant: Mutant) -> dict[str, str]:
    """File → text of a mutant; raises DoesNotApply, also when the result is no Python."""
    texts: dict[str, str] = {}
    for edit in mutant.edits:
        texts[edit.file] = edited(texts.get(edit.file) or (root / edit.file).read_text(), edit)
    for file, text in texts.items():
        try:
            compile(text, file, "exec")
        except SyntaxError as error:
            raise DoesNotApply(f"{file}: the patched text is no Python: {error}") from error
    return texts


class Workshop:
    """The copy."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._stamp = time.time()

    @contextmanager
    def holding(self, mutant: Mutant) -> Iterator[None]:
        """The copy as this mutant, whole again afterwards."""
        originals = {file: (self.root / file).read_text() for file in {edit.file for edit in mutant.edits}}
        try:
            for file, text in patched(self.root, mutant).items():
                self._write(file, text)
            yield
        finally:
            for file, text in originals.items():
                self._write(file, text)

    def run(self, tests: Sequence[str], *, all_of_them: bool = False) -> Trial:
        """Run tests in the copy on the nodes that are up; by default until the first failure."""
        note = self.root / ".verdict.json"
        note.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.mutants.verdict", "-p", "no:cacheprovider"]
        command += ["--timeout=600"] if all_of_them else [f"--timeout={TEST_SECONDS}", "-x"]
        command += tests
        environment = {**os.environ, "HALLBUS_LOCAL_DIR": str(local_directory()), "HALLBUS_VERDICT": str(note)}
        environment["HALLBUS_TEST_SERVICES"] = "probe"  # the chassis is on trial: nobody waits for the other services' migrations
        if not all_of_them:  # a broken chassis is told by a claim that stays unfulfilled: nobody waits four times as long for it
            environment["HALLBUS_TEST_PATIENCE"] = "1"
        environment["PYTHONPATH"] = f"{self.root}:{self.root / 'gen'}"
        started = time.monotonic()
        try:
            done = subprocess.run(
                command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=SESSION_SECONDS * (1 + 4 * all_of_them)
            )
        except subprocess.TimeoutExpired:
            return Trial(time.monotonic() - started, trouble="the test session did not end")
        seconds = time.monotonic() - started
        if not note.exists():
            return Trial(seconds, trouble=f"pytest ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-300:]}")
        return _judged(json.loads(note.read_text()), seconds, done.stdout)

    def _write(self, file: str, text: str) -> None:
        path = self.root / file
        path.write_text(text)
        # Bytecode is recognised as stale by the file's second and size: each version gets a second of its own.
        self._stamp += 2
        os.utime(path, (self._stamp, self._stamp))


def _judged(note: dict[str, object], seconds: float, output: str) -> Trial:
    failures = note["failures"]
    assert isinstance(failures, list)
    failed = tuple(failure["test"] for failure in failures)
    for failure in failures:
        told = f"{failure['test'].rpartition('::')[2]}: {failure['error']} {failure['text']}"
        claimed = failure["error"] in ("AssertionError", "Failed") and not failure["text"].startswith("Timeout")
        if failure["phase"] == "call" and claimed:
            return Trial(seconds, assertion=told, failed=failed)
    if failures:
        first = failures[0]
        return Trial(seconds, trouble=f"{first['test']} ({first['phase']}): {first['error']}: {first['text']}", failed=failed)
    if note["exit"] != 0 or not note["ran"]:
        return Trial(seconds, trouble=f"pytest ended with {note['exit']}: {output.strip()[-300:]}")
    return Trial(seconds)


@contextmanager
def workshop() -> Iterator[Workshop]:
    """A copy of every tracked file as it is in the working tree now, deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="hallbus-mutants-") as directory:
        root = Path(directory)
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, root / name)
        yield Workshop(root)
