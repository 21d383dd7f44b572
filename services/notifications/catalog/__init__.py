"""The data that notifications come with: routes, words, and the built-in templates. Wrong data stops the process at start."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from contracts import REGISTRY
from services.notifications.domain.facts import NAMES, Words
from services.notifications.domain.routing import SELECTORS, Route

HERE = Path(__file__).parent
REQUIRED_LOCALE = "zh-CN"
LOCALES = ("zh-CN", "en")


@dataclass(frozen=True)
class Template:
    """One version of what is said about an event; `texts` maps locale → {title, text, html}. Region "" is everywhere."""

    code: str
    version: int
    event: str
    fields: tuple[str, ...]
    texts: dict[str, dict[str, str]]
    region: str = ""

    def in_locale(self, locale: str) -> tuple[str, dict[str, str]]:
        """The texts in the reader's language, else in Chinese; with the locale that was found."""
        found = locale if locale in self.texts else REQUIRED_LOCALE
        return found, self.texts[found]


@dataclass(frozen=True)
class Catalog:
    """Routes by event, templates by code, words of code lists."""

    routes: dict[str, tuple[Route, ...]]
    templates: dict[str, Template]
    words: Words


def allowed_fields(event: str) -> frozenset[str]:
    """What a template about this event may speak of: the contract's plain fields and the names the service knows."""
    return frozenset(sample(event)) | frozenset(NAMES)


def sample(event: str) -> dict[str, Any]:
    """An example of the event's data, with every field that is not a list or an object."""
    contract = REGISTRY.get(event)
    fields = contract.schema().fields
    return {
        name: contract.examples[0].get(name) for name, field in fields.items() if type(field).__name__ not in ("List", "Nested", "Dict")
    }


@functools.cache
def load() -> Catalog:
    """Read and check everything; raises ValueError naming the file."""
    from services.notifications.rendering import check

    templates = {}
    for path in sorted((HERE / "templates").glob("*.yaml")):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        template = Template(raw["code"], raw["version"], raw["event"], tuple(raw["fields"]), raw["locales"])
        problems = check(template)
        if path.stem != template.code or problems:
            raise ValueError(f"{path.name}: {problems or 'code and file name differ'}")
        templates[template.code] = template
    routes: dict[str, tuple[Route, ...]] = {}
    for raw in yaml.safe_load((HERE / "routes.yaml").read_text(encoding="utf-8")):
        route = Route(raw["event"], raw["template"], tuple(raw["to"]), tuple(raw.get("once_per", ())))
        _check_route(route, templates)
        routes[route.event] = (*routes.get(route.event, ()), route)
    return Catalog(routes, templates, yaml.safe_load((HERE / "words.yaml").read_text(encoding="utf-8")))


def _check_route(route: Route, templates: dict[str, Template]) -> None:
    template = templates.get(route.template)
    if template is None or template.event != route.event:
        raise ValueError(f"routes.yaml: {route.event}: no template {route.template} for it")
    if not set(route.to) <= set(SELECTORS):
        raise ValueError(f"routes.yaml: {route.event}: selectors are {', '.join(SELECTORS)}")
    unknown = set(route.once_per) - set(sample(route.event))
    if unknown:
        raise ValueError(f"routes.yaml: {route.event}: the event has no {', '.join(sorted(unknown))}")
