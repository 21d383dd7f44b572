"""Processes are recognised by what they are: a folder by its identity, not by its name."""

import subprocess

import pytest

from deploy.local import processes


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "data"
    made.mkdir()
    return made


@pytest.fixture
def sleeper(folder):
    with subprocess.Popen(["sleep", "60"], cwd=folder) as process:
        yield process
        process.kill()


def test_a_process_is_found_by_its_working_directory(folder, sleeper, tmp_path):
    assert processes.working_in(folder) == [sleeper.pid]
    assert processes.working_in(tmp_path) == []
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert processes.working_in(link) == [sleeper.pid]


def test_a_process_left_in_a_deleted_folder_is_not_one_of_the_new_folder_of_that_name(folder, sleeper):
    folder.rmdir()
    folder.mkdir()
    assert processes.working_in(folder) == []
    assert sleeper.poll() is None


def test_a_folder_that_is_named_as_if_it_were_deleted_is_a_folder_of_its_own(folder, sleeper):
    other = folder.with_name("data (deleted)")
    other.mkdir()
    with subprocess.Popen(["sleep", "60"], cwd=other) as stranger:
        assert processes.working_in(folder) == [sleeper.pid]
        assert processes.working_in(other) == [stranger.pid]
        stranger.kill()


def test_nobody_works_in_a_folder_that_is_not_there(folder, sleeper):
    folder.rmdir()
    assert processes.working_in(folder) == []
