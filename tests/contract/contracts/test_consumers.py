"""Reading subscriptions from source: literals and constants are found, anything computed is refused."""

import textwrap

import pytest

from contracts.consumers import Consumer, UnreadableError, consumers


@pytest.fixture
def services(tmp_path):
    def write(**files):
        for name, text in files.items():
            path = tmp_path / "services" / "things" / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        return tmp_path / "services"

    return write


def test_literals_options_and_the_default_queue(services):
    folder = services(service="""
        from chassis import consumes

        class Things:
            @consumes("a.b.c")
            def on_c(self, event): ...

            @consumes("a.b.d", "a.b.e", version=2, queue="facts", batch=200)
            def on_facts(self, batch): ...

            def not_a_handler(self): ...
    """)  # fmt: skip
    assert consumers(folder) == [
        Consumer("a.b.c", 1, "things.a_b_c", "on_c", "services/things/service.py:5"),
        Consumer("a.b.d", 2, "things.facts", "on_facts", "services/things/service.py:8"),
        Consumer("a.b.e", 2, "things.facts", "on_facts", "services/things/service.py:8"),
    ]
    assert consumers(folder)[0].service == "things"


def test_constants_of_the_service_are_followed(services):
    folder = services(
        events='FACTS = ("a.b.c", "a.b.d")\nQUEUE: str = "facts"\n',
        service="""
            from chassis import consumes
            from services.things import events
            from services.things.events import FACTS, QUEUE as NAME

            ONE = "a.b.e"

            class Things:
                @consumes(*events.FACTS, queue=NAME)
                def first(self, event): ...

                @consumes(ONE, *FACTS, queue="second")
                def second(self, event): ...
        """,
    )
    found = {(reader.handler, reader.type, reader.queue) for reader in consumers(folder)}
    assert found == {
        ("first", "a.b.c", "things.facts"), ("first", "a.b.d", "things.facts"),
        ("second", "a.b.e", "things.second"), ("second", "a.b.c", "things.second"), ("second", "a.b.d", "things.second"),
    }  # fmt: skip


def test_the_keys_of_a_table_are_read(services):
    folder = services(
        events='def _late(event): ...\n\nREPORTS: dict = {"a.b.c": _late, "a.b.d": lambda event: None}\nTYPES = tuple(REPORTS)\n',
        service="""
            from services.things import events

            class Things:
                @consumes(*events.TYPES, queue="facts")
                def on_facts(self, event): ...
        """,
    )
    assert [reader.type for reader in consumers(folder)] == ["a.b.c", "a.b.d"]


@pytest.mark.parametrize("argument", ["*make()", "name", '"a." + x', "other.TYPES", "7", "*tuple(name)", "*LOOP"])
def test_what_cannot_be_read_is_refused_with_its_place(services, argument):
    folder = services(service=f"""
        LOOP = LOOP
        class Things:
            @consumes({argument}, queue="q")
            def on(self, event): ...
    """)  # fmt: skip
    with pytest.raises(UnreadableError, match=r"services/things/service\.py:4"):
        consumers(folder)


def test_the_source_says_what_the_running_services_do():
    """The scan against the decorators themselves, for every service that can be imported."""
    import importlib
    import inspect

    from contracts.consumers import SERVICES

    running, scanned = set(), {(reader.handler, reader.type, reader.version, reader.queue) for reader in consumers()}
    for path in sorted(SERVICES.glob("*/service.py")):
        module = importlib.import_module(f"services.{path.parent.name}.service")
        for _, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__ != module.__name__:
                continue
            for name, member in inspect.getmembers(cls, lambda member: hasattr(member, "subscription")):
                subscription = member.subscription
                running |= {(name, type_, subscription.version, f"{cls.name}.{subscription.queue}") for type_ in subscription.types}
    assert scanned == running
