"""All comparisons in the order of the table, our subjects included."""

from bench.comparisons import cases, consumer, e2e, latency, relay, rpc_echo, upload
from bench.subject import Comparison
from bench.subjects import ours


def comparisons() -> list[Comparison]:
    """The whole programme."""
    return [
        e2e.comparison(ours.end_to_end()),
        relay.comparison(ours.relay()),
        consumer.comparison(ours.consumer()),
        *upload.comparisons(ours.upload),
        latency.comparison(ours.latency()),
        rpc_echo.comparison(ours.rpc_echo()),
        cases.comparison(),
    ]


def chosen(names: list[str]) -> list[Comparison]:
    """Those whose name starts with one of the given words; raises ValueError naming a word that fits nothing."""
    known = comparisons()
    for name in names:
        if not any(comparison.name.startswith(name) for comparison in known):
            raise ValueError(f"no comparison called {name!r}; there are {', '.join(c.name for c in known)}")
    return [comparison for comparison in known if not names or any(comparison.name.startswith(name) for name in names)]
