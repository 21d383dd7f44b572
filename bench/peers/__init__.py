"""Reference systems: each module is a process of its own, started and stopped by the harness."""
