"""The keys of a sandbox, generated once and kept: `python -m deploy.local.keys PRIVATE_FILE PUBLIC_FILE [SEALING_FOLDER]`.

`directory` holds the private half and signs, the gateway holds the public half and checks. A pair that exists is kept, so that
tokens outlive a restart. Services that seal personal data share one pair of keys here; in production each has its own (docs/operations.md).
"""

from __future__ import annotations

import base64
import contextlib
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


def ensure_key_pair(private: Path, public: Path) -> None:
    """Write an Ed25519 pair in PEM form unless both files are there; only the owner may read the private one."""
    if private.exists() and public.exists():
        return
    key = Ed25519PrivateKey.generate()
    private.unlink(missing_ok=True)
    with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def sealing_environment(folder: Path) -> dict[str, str]:
    """The variables that name the sandbox's sealing and index key, generated unless they are there; those already set win."""
    found = {}
    for name in ("HALLBUS_SEALING_KEYS", "HALLBUS_INDEX_KEYS"):
        if name in os.environ or f"{name}_FILE" in os.environ:
            continue
        file = folder / f"{name.removeprefix('HALLBUS_').lower().replace('_', '-')}.txt"
        _write_once(file, f"sandbox:{base64.urlsafe_b64encode(os.urandom(32)).decode()}\n")
        found[f"{name}_FILE"] = str(file)
    return found


def _write_once(file: Path, content: str) -> None:
    """Whole or not at all, also when two processes try at once: what is sealed with a key that got lost never opens again."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:
        written.write(content)
    with contextlib.suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: python -m deploy.local.keys PRIVATE_FILE PUBLIC_FILE [SEALING_FOLDER]")
    ensure_key_pair(Path(sys.argv[1]), Path(sys.argv[2]))
    if len(sys.argv) == 4:
        sealing_environment(Path(sys.argv[3]))
