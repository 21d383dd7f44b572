"""Hallbus held against its peers: `python -m bench` (or `make bench`).

Each comparison runs our subject and its peers in interleaved rounds on one machine in one run, checks first that every
message arrived exactly once, and only then speaks of speed. Only ratios count; `docs/performance.md` says why and how.
"""
