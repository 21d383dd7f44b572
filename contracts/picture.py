"""docs/flow.svg: how a fact travels, drawn from the registry and the services' subscriptions, so that it cannot tell what the code does not do."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from contracts.consumers import Consumer
from contracts.registry import Registry

#: Service → its Chinese name and its place and colour in the picture.
NAMES = {
    "directory": "目录",
    "intake": "办件",
    "devices": "设备",
    "attendance": "考勤",
    "evaluation": "评价",
    "supervision": "督查",
    "scoring": "考核",
    "notifications": "通知",
}
COLOURS = ("#4e79a7", "#f28e2b", "#76b7b2", "#e15759", "#59a14f", "#edc948", "#b07aa1", "#9c755f")
WIDTH, BOX, GAP, LEFT, TOP = 1240, 140, 12, 20, 270
_STYLE = (
    "text{font-family:system-ui,'Noto Sans CJK SC','WenQuanYi Zen Hei',sans-serif;fill:#1f2933}"
    ".b{font-weight:600}.s{font-size:11px}.m{font-size:13px}.t{font-size:15px}.w{fill:#fff}"
)


def page(registry: Registry, readers: Iterable[Consumer]) -> str:
    """The SVG; services that the picture has no place for are an error, so that a new service is drawn too."""
    says: dict[str, int] = {}
    for contract in registry:
        says[contract.owner] = says.get(contract.owner, 0) + 1
    hears: dict[str, set[str]] = {name: set() for name in NAMES}
    for reader in readers:
        hears[reader.service].add(reader.type.split(".", 1)[0])
    unplaced = (set(says) | set(hears)) - set(NAMES)
    if unplaced:
        raise KeyError(f"contracts/picture.py has no place for {sorted(unplaced)}")
    parts = [*_outside(), *_doors()]
    for index, name in enumerate(NAMES):
        parts += _service(index, name, says.get(name, 0), sorted(hears[name]))
    parts += _bus()
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} 640" role="img" aria-label="How a fact travels through Hallbus">\n'
        f"<style>{_STYLE}</style>\n"
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">'
        '<path d="M0 0L8 4L0 8z" fill="#52606d"/></marker></defs>\n'
        f'<rect width="{WIDTH}" height="640" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _box(x: int, y: int, width: int, height: int, fill: str, stroke: str = "#9aa5b1") -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="{fill}" stroke="{stroke}"/>'


def _text(x: float, y: float, text: str, kind: str = "m", anchor: str = "middle") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'


def _arrow(x1: float, y1: float, x2: float, y2: float, *, both: bool = False) -> str:
    start = ' marker-start="url(#a)"' if both else ""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="#52606d" stroke-width="1.4" marker-end="url(#a)"{start}/>'


def _outside() -> list[str]:
    people = [
        ("考勤机 terminals", "PUSH 2.x over HTTP"), ("评价器 rating pads", "HTTP, device token"), ("窗口软件 window software", "gRPC"),
        ("群众 citizens", "opaque tokens"), ("督查员 inspectors", "gRPC"), ("集成方 integrators", "event stream, cursor"),
    ]  # fmt: skip
    parts = []
    for index, (who, how) in enumerate(people):
        x = LEFT + index * 202
        parts += [_box(x, 16, 190, 52, "#f5f7fa"), _text(x + 95, 38, who, "m b"), _text(x + 95, 57, how, "s")]
        parts.append(_arrow(x + 95, 68, x + 95, 112, both=index == 5))
    return parts


def _doors() -> list[str]:
    return [
        _box(LEFT, 116, 392, 64, "#e3f2f1", "#76b7b2"),
        _text(LEFT + 196, 142, "device port (in devices)", "t b"),
        _text(LEFT + 196, 163, "raw first, commit, then OK: n", "s"),
        _box(LEFT + 404, 116, 796, 64, "#eef2ff", "#6c7ae0"),
        _text(LEFT + 802, 142, "gateway (gRPC, driven by the protos)", "t b"),
        _text(LEFT + 802, 163, "who, permission, hall scope, deadline, request_id, audit", "s"),
        _box(LEFT, 204, 1204, 26, "#f5f7fa"),
        _text(WIDTH / 2, 221, "RPC over RabbitMQ (nameko): one connection, a future per call, transient, bounded", "s"),
        _arrow(LEFT + 802, 180, LEFT + 802, 202, both=True),
        *(_arrow(LEFT + i * (BOX + GAP) + BOX / 2, 230, LEFT + i * (BOX + GAP) + BOX / 2, TOP - 4, both=True) for i in range(len(NAMES))),
        f'<path d="M{LEFT + 120} 180V192H{LEFT + 2 * (BOX + GAP) + 20}V{TOP - 3}" fill="none" stroke="#52606d" stroke-width="1.4" marker-end="url(#a)"/>',
    ]


def _service(index: int, name: str, says: int, hears: list[str]) -> list[str]:
    x, colour = LEFT + index * (BOX + GAP), COLOURS[index]
    parts = [
        _box(x, TOP, BOX, 190, "#fff", colour),
        f'<path d="M{x} {TOP + 8}a8 8 0 0 1 8-8h{BOX - 16}a8 8 0 0 1 8 8v26h-{BOX}z" fill="{colour}"/>',
        _text(x + BOX / 2, TOP + 23, f"{name} {NAMES[name]}", "m b w"),
        _text(x + 12, TOP + 56, f"says {says} event types" if says else "says nothing", "s", "start"),
        _text(x + 12, TOP + 78, "hears" if hears else "hears nobody", "s", "start"),
    ]
    for row, source in enumerate(hears):
        y = TOP + 88 + row * 15
        parts.append(f'<rect x="{x + 12}" y="{y}" width="9" height="9" rx="2" fill="{COLOURS[list(NAMES).index(source)]}"/>')
        parts.append(_text(x + 27, y + 9, source, "s", "start"))
    middle = x + BOX / 2
    return [*parts, _arrow(middle - 16, TOP + 190, middle - 16, 528), _arrow(middle + 16, 528, middle + 16, TOP + 190)]


def _bus() -> list[str]:
    return [
        _box(LEFT, 474, 1204, 34, "#fffbea", "#cbaa3d"),
        _text(WIDTH / 2, 496, "PostgreSQL, one schema and one role per service: rows + outbox in one transaction ↓ relay · inbox + effect in one transaction ↑", "m"),
        _box(LEFT, 530, 1204, 44, "#ffedd5", "#f28e2b"),
        _text(LEFT + 470, 557, "RabbitMQ: exchange hallbus.events (topic), quorum queues, retry ladder, parking", "m b"),
        _box(LEFT + 930, 538, 260, 28, "#fff7ed", "#f28e2b"),
        _text(LEFT + 1060, 557, "stream hallbus.log (replay)", "m b"),
        _text(WIDTH / 2, 602, "down: published in dense order with batched confirms · up: acked only after the commit · integrators read the stream through the gateway", "s"),
    ]  # fmt: skip
