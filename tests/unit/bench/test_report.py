"""The table shows misses and absences, and the page keeps everything outside the markers."""

import json

import pytest

from bench import report
from bench.rounds import Outcome
from bench.subject import Comparison, Floor, Limit, Sample

MACHINE = {
    "processor": "test cpu",
    "cores": 2,
    "memory_gib": 24.0,
    "system": "Linux",
    "python": "3.11",
    "rabbitmq": "3.10.8",
    "postgresql": {"server_version": "15", "fsync": "on"},
    "commit": "abc",
}
METHOD = {"rounds": 2, "seconds": 5.0, "date": "2026-03-02"}


class Named:
    def __init__(self, name, role):
        self.name, self.role = name, role


@pytest.fixture
def data():
    subjects = (Named("hallbus", "ours"), Named("peer", "peer"), Named("gone", "peer"))
    comparison = Comparison("work", "some work", "op/s", subjects, (Floor("peer", 3.0), Floor("gone", 1.0)), (Limit("p99_ms", 25.0),))
    outcome = Outcome(comparison)
    outcome.samples["hallbus"] = [Sample(200, 1.0, {"service": 10.0}, {"p50_ms": 1.0, "p99_ms": 20.0}), Sample(400, 1.0)]
    outcome.samples["peer"] = [Sample(100, 1.0), Sample(200, 1.0)]
    outcome.absent["gone"] = "not installed"
    return report.document([outcome], machine=MACHINE, method=METHOD)


def test_every_round_is_kept(data):
    assert [each["rate"] for each in data["comparisons"][0]["subjects"][0]["rounds"]] == [200.0, 400.0]
    assert data == json.loads(json.dumps(data))


def test_the_table_shows_the_miss_the_absence_and_the_bound(data):
    text = report.text_table(data)
    assert "2.00×" in text
    assert "MISS" in text
    assert "not available: not installed" in text
    assert "≤ 25" in text


def test_docs_keep_everything_outside_the_markers(data, tmp_path):
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.write_docs(data, page)
    text = page.read_text()
    assert text.startswith(f"before\n{report.BEGIN}\n")
    assert text.endswith(f"{report.END}\nafter\n")
    assert "old" not in text
    assert "| work | peer | 150 op/s |" in text


@pytest.mark.parametrize("text", ["no markers", f"{report.END} {report.BEGIN}", report.BEGIN * 2 + report.END])
def test_docs_without_their_markers_are_refused(data, tmp_path, text):
    page = tmp_path / "performance.md"
    page.write_text(text)
    with pytest.raises(ValueError, match="markers"):
        report.write_docs(data, page)
