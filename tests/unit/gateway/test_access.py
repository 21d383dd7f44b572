"""Which hall lies where, and what a request names."""

import asyncio

import pytest

from chassis.errors import Unavailable
from gateway.access import HallRegions, halls
from gateway.journal import masked


class Directory:
    """The answers it gives in turn; the last one for ever."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    async def __call__(self):
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return {"halls": [{"hall_id": hall, "region": region} for hall, region in answer.items()]}


def _ask(directory, *hall_ids, **settings):
    async def run():
        regions = HallRegions(directory, **settings)
        return [await regions.region_of(hall_id) for hall_id in hall_ids]

    return asyncio.run(run())


def test_known_halls_are_answered_from_memory():
    directory = Directory({"h1": "52.02", "h2": "52.03"})
    assert _ask(directory, "h1", "h2", "h1") == ["52.02", "52.03", "52.02"]
    assert directory.asked == 1


def test_an_unknown_hall_asks_again_but_not_more_than_once_a_second():
    directory = Directory({"h1": "52.02"})
    assert _ask(directory, "h1", "hx", "hx", "hx") == ["52.02", None, None, None]
    assert directory.asked == 1
    directory = Directory({"h1": "52.02"}, {"h1": "52.02", "h2": "52.03"})
    assert _ask(directory, "h1", "h2", retry_seconds=0) == ["52.02", "52.03"]


def test_an_old_answer_is_asked_for_again():
    directory = Directory({"h1": "52.02"}, {"h1": "52.03"})
    assert _ask(directory, "h1", "h1", fresh_seconds=0) == ["52.02", "52.03"]


def test_while_the_directory_is_away_the_last_answer_holds_for_a_while():
    away = Unavailable("SERVICE_UNAVAILABLE")
    assert _ask(Directory({"h1": "52.02"}, away), "h1", "h1", fresh_seconds=0) == ["52.02", "52.02"]
    with pytest.raises(Unavailable):
        _ask(Directory({"h1": "52.02"}, away), "h1", "h1", fresh_seconds=0, stale_seconds=0)
    with pytest.raises(Unavailable):
        _ask(Directory(away), "h1")


@pytest.mark.parametrize(
    ("path", "found"),
    [("", []), ("hall_id", ["h1"]), ("at.hall_id", ["h2"]), ("many.hall_id", ["h3", "h4"]), ("ids", ["h5", "h6"]), ("missing.hall_id", [])],
)
def test_the_halls_of_a_request_are_found_along_the_path(path, found):
    request = {"hall_id": "h1", "at": {"hall_id": "h2"}, "many": [{"hall_id": "h3"}, {}, {"hall_id": "h4"}], "ids": ["h5", "h6"]}
    assert list(halls(request, path)) == found


def test_masking_reaches_into_lists_and_leaves_the_request_alone():
    request = {"password": "p", "codes": [{"code": "c", "kind": "k"}], "name": "n"}
    shown = masked(request, frozenset({"password", "codes.code"}))
    assert shown == {"password": "***", "codes": [{"code": "***", "kind": "k"}], "name": "n"}
    assert request["password"] == "p"
