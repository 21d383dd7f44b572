"""Templates → text. Jinja2's sandbox is the outer fence; the inner one is a list of the few constructs that a message needs.

No loops, calls, attributes, arithmetic or macros: a template can neither reach an object nor take long, whoever wrote it. Values are strings from a
dict that holds the template's declared fields and nothing else; HTML parts are escaped.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notifications.catalog import LOCALES, REQUIRED_LOCALE, Template, allowed_fields

PARTS = {"title": 200, "text": 4000, "html": 20000}
FILTERS = ("upper", "lower", "trim")
_PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Filter, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand,
    nodes.Not, nodes.And, nodes.Or,
)  # fmt: skip


@dataclass(frozen=True)
class Message:
    """What a reader gets; `html` may be empty."""

    title: str
    text: str
    html: str


def _environment(*, autoescape: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(autoescape=autoescape, undefined=StrictUndefined, cache_size=0)
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.tests, environment.globals = {}, {}
    return environment


_TEXT, _HTML = _environment(autoescape=False), _environment(autoescape=True)


def render(texts: Mapping[str, str], values: Mapping[str, str]) -> Message:
    """The message; a title is one line. Raises jinja2.TemplateError for an undefined field, which `check` has ruled out."""
    title = " ".join(_compiled(texts["title"], html=False).render(values).split())
    text = _compiled(texts["text"], html=False).render(values)
    html = _compiled(texts["html"], html=True).render(values) if texts.get("html") else ""
    return Message(title[: PARTS["title"]], text, html)


@functools.lru_cache(maxsize=512)
def _compiled(source: str, *, html: bool):  # type: ignore[no-untyped-def]  # noqa: ANN202  jinja2's Template is generic over its environment
    return (_HTML if html else _TEXT).from_string(source)


def check(template: Template) -> list[str]:
    """What is wrong with a template, one line each: languages, parts, constructs, fields. Empty when it can be used."""
    problems = [] if REQUIRED_LOCALE in template.texts else [f"{REQUIRED_LOCALE}: is required"]
    undeclared = set(template.fields) - allowed_fields(template.event)
    problems += [f"fields: {template.event} has no {name}" for name in sorted(undeclared)]
    for locale, texts in template.texts.items():
        if locale not in LOCALES:
            problems.append(f"{locale}: languages are {', '.join(LOCALES)}")
        problems += [f"{locale}.{part}: unknown part" for part in texts if part not in PARTS]
        problems += [f"{locale}.{part}: is required" for part in ("title", "text") if not texts.get(part)]
        for part in PARTS:
            problems += [f"{locale}.{part}: {problem}" for problem in _problems(texts.get(part, ""), part, template.fields)]
    return problems


def _problems(source: str, part: str, fields: tuple[str, ...]) -> list[str]:
    if len(source) > PARTS[part]:
        return [f"longer than {PARTS[part]} characters"]
    try:
        tree = _TEXT.parse(source)
        strange = sorted({type(node).__name__ for node in _descend(tree) if not isinstance(node, _PLAIN)})
        if strange:
            return [f"{', '.join(strange)} may not be used in a message"]
        names = sorted({node.name for node in tree.find_all(nodes.Name)} - set(fields))
        if names:
            return [f"{name} is not among the template's fields" for name in names]
        _compiled(source, html=part == "html").render(dict.fromkeys(fields, "1"))
    except TemplateError as error:
        return [str(error)]
    return []


def _descend(node: nodes.Node):  # type: ignore[no-untyped-def]  # noqa: ANN202  a generator of nodes
    yield node
    for child in node.iter_child_nodes():
        yield from _descend(child)
