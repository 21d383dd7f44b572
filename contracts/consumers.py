"""Who listens to what, read from the source of the services without running it.

A service says it in `services/<name>/service.py` by `@consumes("intake.case.decided", …, version=1, queue="facts")`. The names are literals there, or
constants of the service's own modules, which may be the keys of a table; anything else is refused, since nobody could find it by searching.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVICES = Path(__file__).resolve().parent.parent / "services"


class UnreadableError(ValueError):
    """A subscription whose event names cannot be read from the source; the text names file and line."""


@dataclass(frozen=True, order=True)
class Consumer:
    """One queue of one service listening to one event type and version; `where` is file:line of the handler."""

    type: str
    version: int
    queue: str
    handler: str
    where: str

    @property
    def service(self) -> str:
        return self.queue.partition(".")[0]


def consumers(services: Path = SERVICES) -> list[Consumer]:
    """All subscriptions, sorted. Raises UnreadableError."""
    return sorted(found for path in sorted(services.glob("*/service.py")) for found in _of_file(path))


def _of_file(path: Path) -> Iterator[Consumer]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = _Names(path, tree)
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for call in function.decorator_list:
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "consumes":
                yield from _of_call(path, names, function, call)


def _of_call(path: Path, names: _Names, function: ast.FunctionDef, call: ast.Call) -> Iterator[Consumer]:
    where = f"services/{path.parent.name}/{path.name}:{call.lineno}"
    types: list[Any] = []
    for argument in call.args:
        value = names.value(argument.value if isinstance(argument, ast.Starred) else argument, where)
        types.extend(value if isinstance(argument, ast.Starred) else [value])
    options = {keyword.arg: names.value(keyword.value, where) for keyword in call.keywords if keyword.arg in ("version", "queue")}
    version, what = options.get("version", 1), options.get("queue")
    for type_ in types:
        if not isinstance(type_, str):
            raise UnreadableError(f"{where}: {type_!r} is no event type")
        # The default is the chassis': the first type names the queue.
        queue = f"{path.parent.name}.{what or types[0].replace('.', '_')}"
        yield Consumer(type_, int(version), queue, function.name, where)


class _Names:
    """What the constants of a service's modules are worth, looked up one `from x import Y` or `module.Y` deep."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        self._root = path.resolve().parent.parent.parent
        self._constants = _constants(tree)
        self._imports = {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    def value(self, node: ast.expr, where: str) -> Any:
        """The value of a literal or constant. Raises UnreadableError."""
        try:
            if isinstance(node, ast.Name) and node.id in self._imports:
                module, name = self._imports[node.id]
                return _worth(ast.Name(name), self._of_module(module))
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self._imports:
                package, module = self._imports[node.value.id]
                return _worth(ast.Name(node.attr), self._of_module(f"{package}.{module}"))
            return _worth(node, self._constants)
        except ValueError:
            text = ast.unparse(node)
            raise UnreadableError(
                f"{where}: {text!r} is neither a literal nor a constant of the service: write the event types out"
            ) from None

    def _of_module(self, dotted: str) -> dict[str, ast.expr]:
        path = self._root / (dotted.replace(".", "/") + ".py")
        return _constants(ast.parse(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _worth(node: ast.expr, constants: dict[str, ast.expr]) -> Any:
    """A literal, a constant's value, or the keys of a table, as in `TYPES = tuple(HANDLERS)`. Raises ValueError for anything else."""
    match node:
        case ast.Name(id=name) if name in constants:
            # Without itself: a name defined by its own name would be followed for ever.
            return _worth(constants[name], {other: value for other, value in constants.items() if other != name})
        case ast.Call(func=ast.Name(id="tuple" | "list" | "sorted" | "frozenset"), args=[table], keywords=[]):
            return tuple(_worth(table, constants))
        case ast.Dict(keys=keys):
            return tuple(ast.literal_eval(key) for key in keys if key is not None)
    return ast.literal_eval(node)


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
    return found
