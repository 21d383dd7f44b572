"""The papers of a case (文书): versioned templates as data, rendered to Chinese text. Wrong data stops the process at start."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILE = Path(__file__).with_name("templates.yaml")
KINDS = (
    "one_time_notice", "return_notice", "non_acceptance", "promise_notice", "agency_register", "rejection_decision", "pre_service_notice",
)  # fmt: skip
FIELDS = (
    "applicant", "case_no", "item_name", "hall_name", "staff_id", "received_on", "accepted_on", "promised_due", "legal_due", "materials", "reason",
    "supply_by", "submit_by", "issued_on", "enquiry_no", "legal_basis", "conditions", "procedure", "legal_limit", "promised_limit", "fees",
)  # fmt: skip

_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=False)
_ENVIRONMENT.globals = {}


@dataclass(frozen=True)
class Template:
    """One version of one kind of paper."""

    kind: str
    version: int
    title: str
    text: str

    def render(self, values: Mapping[str, Any]) -> str:
        """The text of the paper."""
        return _compiled(self.text).render(values)


def newest(kind: str) -> Template:
    """The version in use for new papers."""
    return max((template for template in templates() if template.kind == kind), key=lambda template: template.version)


@functools.lru_cache(maxsize=256)
def _compiled(text: str) -> jinja2.Template:
    # Compiling costs more than the rest of a paper; there are as many texts as versions.
    return _ENVIRONMENT.from_string(text)


@functools.cache
def templates(file: Path = FILE) -> tuple[Template, ...]:
    """Every version there is. Raises ValueError for a kind that is unknown or missing, a gap in the versions, or a text that cannot be rendered."""
    found = tuple(Template(**entry) for entry in yaml.safe_load(file.read_text()))
    for kind in {*KINDS, *(template.kind for template in found)}:
        versions = sorted(template.version for template in found if template.kind == kind)
        if kind not in KINDS or not versions or versions != list(range(1, len(versions) + 1)):
            raise ValueError(f"{file.name}: {kind} has versions {versions}")
    for template in found:
        template.render({**dict.fromkeys(FIELDS, "1"), "materials": ["1"]})
    return found


templates()
