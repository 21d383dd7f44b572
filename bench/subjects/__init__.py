"""Our own side of every comparison."""
