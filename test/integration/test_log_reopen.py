"""`log reopen`: what comes after the answer is in the new file, whoever asks for it."""

import os

import pytest

from support.admin import ask
from support.config import config
from support.tidectl import tidectl


@pytest.fixture
def logs(tmp_path):
    directory = tmp_path / "logs"
    directory.mkdir()
    return [directory / name for name in ("one.log", "two.log")]


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "admin.sock")


@pytest.fixture
def daemon(tidegate, echo_server, logs, path):
    return tidegate(config(echo_server, admin={"socket": path}, log=[{"to": str(log)} for log in logs]))


def reopen(path) -> str:
    return ask(path, b"set severity-output number; log reopen\n").decode().strip()


def test_after_the_answer_every_file_is_a_new_one(daemon, logs, path):
    ask(path, b"set server app/s1 weight 2\n")
    assert reopen(path) == ""
    for log in logs:
        os.rename(log, f"{log}.1")
    assert reopen(path) == ""
    assert all(log.exists() for log in logs)
    ask(path, b"set server app/s1 weight 3\n")
    reopen(path)  # behind it, so that it is written
    for log in logs:
        old = open(f"{log}.1", "rb").read()
        assert b"weight 2" in old and b"weight 3" not in old
        assert b"weight 3" in log.read_bytes() and b"weight 2" not in log.read_bytes()


def test_files_that_were_not_moved_go_on(daemon, logs, path):
    ask(path, b"set server app/s1 weight 2\n")
    assert reopen(path) == ""
    assert b"weight 2" in logs[0].read_bytes()


def test_a_file_that_cannot_be_opened_is_named_and_the_old_one_goes_on(daemon, logs, path):
    old = f"{logs[0]}.1"
    os.rename(logs[0], old)
    os.mkdir(logs[0])
    assert reopen(path) == f"[3]: log file '{logs[0]}': Is a directory; lines go on into the old file."
    ask(path, b"set server app/s1 weight 2\n")
    reopen(path)
    assert b"weight 2" in open(old, "rb").read() and b"weight 2" in logs[1].read_bytes()


def test_without_a_log_file_there_is_nothing_to_do(tidegate, echo_server, path):
    tidegate(config(echo_server, admin={"socket": path}, log="none"))
    assert reopen(path) == ""


def test_tidectl_has_it_done(daemon, logs, path):
    os.rename(logs[0], f"{logs[0]}.1")
    ended = tidectl(path, "log", "reopen")
    assert ended.returncode == 0 and "reopened" in ended.stdout
    assert logs[0].exists()
