"""Log targets that are full, slow or gone: sessions go on, and what is missing is told."""

import json
import os
import re
import socket
import subprocess

import pytest

from support.access_log import parse_access
from support.config import config
from support.peers import Listener
from support.sockets import talk
from support.wait import wait_until


class UnixDatagramSocket:
    """A syslog daemon that never reads."""

    def __init__(self, path):
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))

    def close(self):
        self._socket.close()


BEGINS = r"^\[[^]]+\] warning: log file '{}': lines are dropped until it takes them again: {}$"


def test_a_full_disk_is_told_when_it_begins_and_when_it_is_over(tidegate, echo_server, tmp_path):
    file = tmp_path / "access.log"
    file.symlink_to("/dev/full")
    daemon = tidegate(config(echo_server, log=[str(file), "stdout"]))

    for _ in range(20):
        talk(daemon.connect())
    begins = BEGINS.format(file, "No space left on device")
    daemon.out.wait_for(begins)
    daemon.err.wait_for(begins.partition("warning: ")[2])
    assert len(daemon.access(20)) == 20
    file.unlink()

    def over():
        talk(daemon.connect())
        return daemon.out.matching(rf"^\[[^]]+\] notice: log file '{file}': takes lines again, \d+ (was|were) dropped$")
    wait_until(over, what="the end of the outage")
    assert "log lines were dropped: No space left on device\n" in file.read_text()
    assert len(daemon.out.matching(begins)) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
def test_a_file_system_of_a_few_kilobytes_holds_whole_lines_only(tidegate, echo_server, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=True)
    try:
        file, ballast = small / "access.log", small / "ballast"
        ballast.write_bytes(bytes(56 << 10))
        daemon = tidegate(config(echo_server, log=[str(file), "stdout"]))

        def full():
            talk(daemon.connect())
            return daemon.out.matching(BEGINS.format(file, "No space left on device"))
        wait_until(full, what="a full file system")
        for _ in range(20):
            talk(daemon.connect())
        size = file.stat().st_size
        ballast.unlink()

        def grows():
            talk(daemon.connect())
            return file.stat().st_size > size
        wait_until(grows, what="the end of the outage")
        daemon.stop()

        text = file.read_text()
        assert text.endswith("\n")
        lines = text.splitlines()
        told = re.compile(r"\[[^]]+\] warning: (\d+) log lines were dropped: No space left on device")
        lost = [told.fullmatch(line) for line in lines]
        assert all(match or parse_access(line) for match, line in zip(lost, lines)), lines
        counts = [int(match[1]) for match in lost if match]
        assert counts  # more than one where a short line found room before it was all gone
        assert len(lines) - len(counts) + sum(counts) == len([line for line in daemon.out.all() if parse_access(line)])
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_a_pipe_that_nobody_reads_delays_no_session(tidegate, echo_server, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        daemon = tidegate(config(echo_server, log=[{"to": str(pipe), "tag": "x" * 48, "frame": "rfc5424"}, "stdout"]))

        def full():
            talk(daemon.connect())
            return daemon.out.matching(BEGINS.format(pipe, "their reader did not keep up"))
        wait_until(full, what="a full pipe", deadline=25)
        for _ in range(20):
            talk(daemon.connect())
        daemon.access(20)
        assert daemon.stop() == 143
    finally:
        os.close(reader)


@pytest.mark.skipif(os.geteuid() != 0, reason="changing the user needs root")
def test_a_moved_file_that_the_user_may_not_open_is_told_once(tidegate, echo_server, tmp_path):
    directory = tmp_path / "root-only"
    directory.mkdir(mode=0o700)
    file = directory / "access.log"
    daemon = tidegate(config(echo_server, log=str(file), user="nobody"))
    talk(daemon.connect())
    wait_until(lambda: file.exists() and file.read_text(), what="a line")
    moved = file.rename(directory / "access.log.1")
    told = "was moved away and cannot be opened anew: Permission denied; lines go on into the old file"

    def stuck():
        talk(daemon.connect())
        return told in moved.read_text()
    wait_until(stuck, what="the news")
    daemon.err.wait_for(told)
    for _ in range(20):
        talk(daemon.connect())
    wait_until(lambda: moved.read_text().endswith("0/0\n"), what="lines after it")
    daemon.stop()
    assert moved.read_text().count(told) == 1
    assert not file.exists()


def test_the_lines_of_sessions_that_are_cut_are_counted_when_they_are_lost(tidegate, echo_server, tmp_path):
    file = tmp_path / "access.log"
    file.symlink_to("/dev/full")
    daemon = tidegate(config(echo_server, log=str(file)))
    clients = [daemon.connect() for _ in range(20)]
    for client in clients:
        client.sendall(b"x")
        assert client.recv(1) == b"x"

    assert daemon.stop() == 143

    assert daemon.err.matching(rf"log file '{file}': 20 lines were dropped: No space left on device$")
    for client in clients:
        client.close()


@pytest.mark.parametrize("beside, advice", [([], "name a file in global.log to have access lines"),
                                            (["a file"], "the other targets of global.log get their lines")])
def test_in_the_background_a_target_without_a_terminal_is_left_out_with_a_warning(start, echo_server, tmp_path, beside,
                                                                                 advice):
    pid_file = tmp_path / "pid"
    log = ["stderr", *(str(tmp_path / "access.log") for _ in beside)]
    parent = start(config(echo_server, log=log), "-D", "-p", str(pid_file))
    assert parent.wait() == 0
    os.kill(int(pid_file.read_text()), 15)
    parent.err.wait_for(rf"^\[WARNING\] .* : with -D nothing is logged to stdout or stderr; {advice}$")


def test_in_the_background_the_log_gets_what_the_console_would_have_said(start, echo_server, tmp_path):
    file, pid_file = tmp_path / "access.log", tmp_path / "pid"
    parent = start(config(echo_server, log={"to": str(file), "frame": "short"}), "-D", "-p", str(pid_file))
    assert parent.wait() == 0
    pid = int(pid_file.read_text())

    os.kill(pid, 1)
    wait_until(lambda: "reload is not available" in file.read_text(), what="the answer to HUP")
    os.kill(pid, 10)
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), what="the end")

    assert "<5>reload is not available in this version; nothing was changed\n" in file.read_text()
    assert "<5>stopping: nobody new is let in, 0 sessions go on\n" in file.read_text()
    assert file.read_text().splitlines()[-1].startswith("<5>held at the end: 0 sessions, 0 timers, ")


def test_lines_of_sessions_that_a_stop_cuts_are_whole_behind_a_slow_target(tidegate, peers, tmp_path):
    path = tmp_path / "w.sock"
    file = tmp_path / "access.json"
    never_read = peers(UnixDatagramSocket, tmp_path / "log.sock")
    server = peers(Listener)
    targets = [{"to": f"unix:{never_read.path}", "format": "json"}, {"to": str(file), "format": "json"}]
    daemon = tidegate(config(server, bind=f"unix:{path}", log=targets))
    sessions = [(daemon.connect(), server.accept()) for _ in range(200)]

    daemon.stop()

    told = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["bind"] for line in told if "session" in line] == [f"unix:{path}"] * len(sessions)
