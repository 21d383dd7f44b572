"""docs/metrics.md and the code name the same metrics."""

import ast
import re

from tests.plugin import ROOT

MAKERS = {"counter", "gauge", "histogram"}


def defined():
    """Names given to chassis.metrics' makers anywhere in the tree."""
    names = set()
    for folder in ("chassis", "services", "gateway"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                maker = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
                if (
                    maker in MAKERS
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                    and str(node.args[0].value).startswith("hallbus_")
                ):
                    names.add(node.args[0].value)
    return names


def test_the_page_lists_every_metric_and_no_other():
    text = (ROOT / "docs" / "metrics.md").read_text()
    described = set(re.findall(r"`(hallbus_[a-z0-9_]+)`", text))
    assert described == defined()


def test_names_keep_their_form_and_never_the_service_of_the_chassis():
    assert all(re.fullmatch(r"hallbus_[a-z0-9_]+", name) for name in defined())
