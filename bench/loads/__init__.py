"""Load generators: small, single-threaded, the same for every subject of a comparison."""
