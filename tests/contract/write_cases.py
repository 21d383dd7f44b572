"""Propose the cases of consumers that have none: the smallest payload of which the consumer makes the same as of a producer's example."""

import json

from contracts import REGISTRY
from tests.contract.consumers import HERE, heard, leaves, made_of, without


def smallest(consumer, type_, example):
    """The example without everything that the consumer does not use."""
    wanted, kept = made_of(consumer, type_, example), example
    for leaf in sorted(leaves(example), key=len):
        try:
            shorter = without(kept, leaf)
            if made_of(consumer, type_, shorter) == wanted:
                kept = shorter
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            continue
    return kept


def main():
    for consumer, type_, version in sorted(heard()):
        producer, _, name = type_.partition(".")
        path = HERE / consumer / producer / f"{name}.json"
        if path.exists():
            continue
        proposals = [smallest(consumer, type_, example) for example in REGISTRY.get(type_, version).examples]
        relies_on = max(proposals, key=lambda data: len(list(leaves(data))))
        case = {"type": type_, "version": version, "relies_on": relies_on, "becomes": made_of(consumer, type_, relies_on)}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(case, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        print(path.relative_to(HERE))  # noqa: T201  a tool's answer


if __name__ == "__main__":
    main()
