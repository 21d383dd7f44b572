#!/bin/sh
# Make the environment `.venv` from requirements.lock. Does nothing when it was made here, by this script, from this very lock.
set -eu
cd "$(dirname "$0")/../.."

# The path is part of the stamp because a moved environment has scripts that point to the old place.
stamp=$( { pwd; cat requirements.lock deploy/local/uv.txt deploy/local/setup.sh; } | sha256sum | cut -d ' ' -f 1)
if [ "$(cat .state/setup 2>/dev/null)" = "$stamp" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

# The interpreter is the last line.
found=$(deploy/local/packages.sh python)
python=$(echo "$found" | tail -n 1)
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    echo "==> making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi
echo "==> installing $(grep -c '^[a-z].*==' requirements.lock) locked packages into .venv (a minute on the first run)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/local/uv.txt
# Compiled now and not by every process that starts: importing the libraries then takes a third of the time.
VIRTUAL_ENV="$PWD/.venv" UV_COMPILE_BYTECODE_TIMEOUT=600 .venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes requirements.lock
mkdir -p .state
echo "$stamp" >.state/setup
