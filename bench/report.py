"""What the bench leaves behind: a table for people, `bench/results.json` for programs, the table in docs/performance.md."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.rounds import Outcome, Verdict, median_of, median_rate, verdicts
from bench.subject import Sample

BEGIN, END = "<!-- bench table: begin -->", "<!-- bench table: end -->"
COLUMNS = ("comparison", "subject", "median", "min–max", "ours / it", "floor", "verdict", "p50 / p99 ms", "CPU µs per operation")

Document = dict[str, Any]


def document(outcomes: Sequence[Outcome], *, machine: Mapping[str, object], method: Mapping[str, object]) -> Document:
    """Everything that was measured, as JSON-ready data."""
    return {"method": dict(method), "machine": dict(machine), "comparisons": [_comparison(outcome) for outcome in outcomes]}


def _comparison(outcome: Outcome) -> Document:
    judged = verdicts(outcome)
    return {
        "name": outcome.comparison.name,
        "title": outcome.comparison.title,
        "unit": outcome.comparison.unit,
        "subjects": [_subject(outcome, subject.name, subject.role) for subject in outcome.comparison.subjects],
        "verdicts": [asdict(verdict) for verdict in judged],
    }


def _subject(outcome: Outcome, name: str, role: str) -> Document:
    samples = outcome.samples.get(name, [])
    return {
        "name": name,
        "role": role,
        "state": _state(outcome, name),
        "median_rate": median_rate(samples) if samples else None,
        "cpu_us": median_of(samples, lambda sample: sample.cpu_us),
        "extra": median_of(samples, lambda sample: sample.extra),
        "rounds": [_round(sample) for sample in samples],
    }


def _round(sample: Sample) -> Document:
    return {
        "rate": round(sample.rate, 2),
        "operations": sample.operations,
        "seconds": round(sample.seconds, 4),
        "cpu_us": {name: round(value, 1) for name, value in sample.cpu_us.items()},
        "extra": {name: round(value, 3) for name, value in sample.extra.items()},
    }


def _state(outcome: Outcome, name: str) -> str:
    for word, found in (("incorrect", outcome.incorrect), ("broken", outcome.broken), ("not available", outcome.absent)):
        if name in found:
            return f"{word}: {found[name]}"
    return "measured"


def rows(data: Document) -> list[tuple[str, ...]]:
    """The cells of the table, one line per subject and one per bound on ours."""
    lines = []
    for comparison in data["comparisons"]:
        judged = {verdict["label"]: verdict for verdict in comparison["verdicts"]}
        lines += [_row(comparison, each, judged.pop(f"ratio to {each['name']}", None)) for each in comparison["subjects"]]
        for label, verdict in judged.items():
            bound = f"≤ {verdict['bound']:g}" if verdict["bound"] is not None else ""
            value = "" if verdict["value"] is None else f"{verdict['value']:.2f}"
            lines.append((comparison["name"], f"  {label}", value, "", "", bound, verdict["result"], "", ""))
    return lines


def _row(comparison: Document, subject: Document, verdict: Mapping[str, Any] | None) -> tuple[str, ...]:
    extra, rates = subject["extra"], [each["rate"] for each in subject["rounds"]]
    if subject["state"] != "measured":
        return (comparison["name"], subject["name"], subject["state"].splitlines()[0][:70], *[""] * 6)
    ratio = "" if verdict is None or verdict["value"] is None else f"{verdict['value']:.2f}×"
    floor = "" if verdict is None or verdict["bound"] is None else f"≥ {verdict['bound']:g}×"
    return (
        comparison["name"],
        subject["name"],
        f"{subject['median_rate']:,.0f} {comparison['unit']}",
        f"{min(rates):,.0f}–{max(rates):,.0f}",
        ratio,
        floor,
        "" if verdict is None else str(verdict["result"]),
        f"{extra['p50_ms']:.1f} / {extra['p99_ms']:.1f}" if "p99_ms" in extra else "",
        ", ".join(f"{name} {value:.0f}" for name, value in subject["cpu_us"].items()),
    )


def text_table(data: Document) -> str:
    """The table for a terminal."""
    lines = [COLUMNS, *rows(data)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    padded = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([padded[0], "  ".join("-" * width for width in widths), *padded[1:]])


def markdown_table(data: Document) -> str:
    """The table for docs/performance.md, with the machine above it."""
    machine, method = data["machine"], data["method"]
    postgres = machine["postgresql"]
    about = (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB; {machine['system']}; "
        f"Python {machine['python']}, RabbitMQ {machine['rabbitmq']}, PostgreSQL {postgres['server_version']} "
        f"(fsync {postgres['fsync']}). {method['rounds']} rounds of {method['seconds']:g} s, {method['date']}, commit {machine['commit']}."
    )
    head = "| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS)
    body = "\n".join("| " + " | ".join(cell.strip().replace("|", "\\|") for cell in line) + " |" for line in rows(data))
    return f"{about}\n\n{head}\n{body}"


def write_docs(data: Document, page: Path) -> None:
    """Replace the table between the two markers; raises ValueError when the page has lost them."""
    text = page.read_text()
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"{page}: the markers {BEGIN!r} and {END!r} must each stand there once, in this order")
    head, tail = text[: text.index(BEGIN) + len(BEGIN)], text[text.index(END) :]
    page.write_text(f"{head}\n\n{markdown_table(data)}\n\n{tail}")


def write_json(data: Document, path: Path) -> None:
    """Write the results, stable in order and readable in a diff."""
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def missed(outcomes: Sequence[Outcome]) -> list[tuple[str, Verdict]]:
    """Every floor or limit that was not reached, by comparison."""
    return [(o.comparison.name, verdict) for o in outcomes for verdict in verdicts(o) if verdict.result == "MISS"]
