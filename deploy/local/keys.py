"""The key pair that tokens are signed with: `python -m deploy.local.keys PRIVATE_FILE PUBLIC_FILE`.

`directory` holds the private half and signs, the gateway holds the public half and checks. A pair that exists is kept, so that
tokens outlive a restart.
"""

from __future__ import annotations

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


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m deploy.local.keys PRIVATE_FILE PUBLIC_FILE")
    ensure_key_pair(Path(sys.argv[1]), Path(sys.argv[2]))
