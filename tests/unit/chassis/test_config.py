"""Settings from the environment."""

import dataclasses
from datetime import time
from pathlib import Path

import pytest

from chassis.config import ConfigError, ProcessConfig, load, setting, shown


@dataclasses.dataclass(frozen=True)
class Sample:
    """One field of each kind."""

    name: str
    count: int = 3
    pause_seconds: float = 0.5
    enabled: bool = False
    opens_at: time = time(9)
    folder: Path = Path("/nowhere")
    halls: tuple[str, ...] = ()
    note: str | None = None
    limit: int | None = None
    key: str = setting("", env="SAMPLE_KEY", secret=True)

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError("HALLBUS_X_COUNT: negative")


def test_every_kind_is_read():
    env = {
        "HALLBUS_X_NAME": "hall",
        "HALLBUS_X_COUNT": "7",
        "HALLBUS_X_PAUSE_SECONDS": "1e-3",
        "HALLBUS_X_ENABLED": "Yes",
        "HALLBUS_X_OPENS_AT": "08:30",
        "HALLBUS_X_FOLDER": "/srv/data",
        "HALLBUS_X_HALLS": "h1, h2 ,,h3",
        "HALLBUS_X_NOTE": "",
        "HALLBUS_X_LIMIT": "5",
        "SAMPLE_KEY": "s3cret",
        "HALLBUS_X_UNKNOWN": "left alone",
    }
    read = load(Sample, "HALLBUS_X", env)
    assert read == Sample("hall", 7, 0.001, True, time(8, 30), Path("/srv/data"), ("h1", "h2", "h3"), None, 5, "s3cret")
    assert dataclasses.fields(read)[0].name == "name"


def test_defaults_stand_where_nothing_is_set():
    assert load(Sample, "HALLBUS_X", {"HALLBUS_X_NAME": "hall"}) == Sample("hall")


@pytest.mark.parametrize(("word", "meant"), [("1", True), ("true", True), ("ON", True), ("0", False), ("no", False), ("Off", False)])
def test_words_for_yes_and_no(word, meant):
    assert load(Sample, "P", {"P_NAME": "x", "P_ENABLED": word}).enabled is meant


def test_all_that_is_wrong_is_said_at_once_and_by_name():
    env = {
        "P_COUNT": "many", "P_PAUSE_SECONDS": "", "P_ENABLED": "perhaps", "P_OPENS_AT": "25:00", "P_LIMIT": "x", "SAMPLE_KEY_FILE": "/no/such/file",
    }  # fmt: skip
    with pytest.raises(ConfigError) as wrong:
        load(Sample, "P", env)
    for name in ("P_NAME is not set", "P_COUNT", "P_PAUSE_SECONDS", "P_ENABLED", "P_OPENS_AT", "P_LIMIT", "SAMPLE_KEY"):
        assert sum(problem.startswith(name) for problem in wrong.value.problems) == 1, name
    assert len(wrong.value.problems) == 7
    assert all(problem in str(wrong.value) for problem in wrong.value.problems)


def test_a_check_of_the_class_itself_is_told_the_same_way():
    with pytest.raises(ConfigError, match="negative"):
        load(Sample, "P", {"P_NAME": "x", "P_COUNT": "-1"})


def test_a_secret_comes_from_a_file_and_is_never_shown(tmp_path):
    (tmp_path / "key").write_text("s3cret\n")
    read = load(Sample, "P", {"P_NAME": "x", "SAMPLE_KEY_FILE": str(tmp_path / "key"), "SAMPLE_KEY": "the file wins"})
    assert read.key == "s3cret"
    told = shown(read, "P")
    assert (told["SAMPLE_KEY"], told["P_NAME"], told["P_COUNT"]) == ("***", "x", "3")


def test_what_every_process_needs_has_names_of_its_own():
    read = load(ProcessConfig, "HALLBUS_INTAKE", {"AMQP_URI": "a", "DATABASE_URL": "d", "HALLBUS_INTAKE_MAX_WORKERS": "4"})
    assert (read.amqp_uri, read.max_workers, read.heartbeat_seconds) == ("a", 4, 10)
    with pytest.raises(ConfigError) as missing:
        load(ProcessConfig, "HALLBUS_INTAKE", {})
    assert [problem.split(" ")[0] for problem in missing.value.problems] == ["AMQP_URI", "DATABASE_URL"]
    assert shown(read, "HALLBUS_INTAKE")["AMQP_URI"] == "***"
