"""Log lines that go to syslog daemons, as HAProxy sends them."""

import json
import os
import re
import socket

import pytest

from support.config import config
from support.haproxy import Rival, blanked, with_logs
from support.sockets import connect, reset, talk
from support.syslog import Syslog
from support.wait import wait_until

FRAMES = ["raw", "local", "rfc3164", "rfc5424", "priority", "short", "timed", "iso"]
PRINTED = {"facility": ["local", "rfc3164", "rfc5424", "priority"], "tag": ["local", "rfc3164", "rfc5424"],
           "hostname": ["rfc3164", "rfc5424"]}


def printed(frame, **keys) -> dict:
    """The frame, with those of the keys that it prints; the others are mistakes here, where HAProxy ignores them."""
    return {"frame": frame, **{key: value for key, value in keys.items() if frame in PRINTED[key]}}



@pytest.fixture
def haproxy(tmp_path, peers):
    return lambda server, **options: peers(Rival, tmp_path, with_logs(server, **options))


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_is_haproxys_byte_for_byte(tidegate, echo_server, peers, haproxy, frame):
    ours, theirs = peers(Syslog), peers(Syslog)
    daemon = tidegate(config(echo_server, log={"to": ours.target, **printed(frame, facility="local3")}))
    rival = haproxy(echo_server.address, logs=[f"127.0.0.1:{theirs.port} format {frame} local3"])

    talk(daemon.connect())
    talk(rival.connect())

    assert blanked(ours.wait_for()[0]) == blanked(theirs.wait_for()[0])


@pytest.mark.parametrize("frame", FRAMES)
def test_tag_host_name_and_facility_are_haproxys(tidegate, echo_server, peers, haproxy, frame):
    ours, theirs = peers(Syslog), peers(Syslog)
    log = {"to": ours.target, **printed(frame, facility="daemon", tag="edge", hostname="lb1")}
    daemon = tidegate(config(echo_server, log=log))
    rival = haproxy(echo_server.address, logs=[f"127.0.0.1:{theirs.port} format {frame} daemon"],
                    tuning=["log-tag edge", "log-send-hostname lb1"])

    talk(daemon.connect())
    talk(rival.connect())

    def without_pid(line):
        return re.sub(rb" edge \d+ - ", b" edge PID - ", blanked(line))
    assert without_pid(ours.wait_for()[0]) == without_pid(theirs.wait_for()[0])


@pytest.mark.parametrize("frame", FRAMES)
def test_a_long_line_is_cut_where_haproxy_cuts_it(tidegate, echo_server, peers, haproxy, frame):
    ours, theirs = peers(Syslog), peers(Syslog)
    daemon = tidegate(config(echo_server, log={"to": ours.target, "len": 80, **printed(frame, tag="a" * 8)}))
    rival = haproxy(echo_server.address, logs=[f"127.0.0.1:{theirs.port} len 80 format {frame} local0"],
                    tuning=["log-tag " + "a" * 8])

    talk(daemon.connect())
    talk(rival.connect())

    def length(line):  # how many digits the numbers of this run had is nobody's fault
        return len(line) if len(line) == 81 else blanked(line)
    assert length(ours.wait_for()[0]) == length(theirs.wait_for()[0])


@pytest.mark.parametrize("frame, hostname", [("local", None), ("rfc3164", "lb1")])
def test_syslog_has_haproxys_frame_unless_another_is_asked_for(tidegate, echo_server, peers, haproxy, frame,
                                                               hostname):
    ours, theirs = peers(Syslog), peers(Syslog)
    log = {"to": ours.target} if hostname is None else {"to": ours.target, "hostname": hostname}
    daemon = tidegate(config(echo_server, log=log))
    rival = haproxy(echo_server.address, logs=[f"127.0.0.1:{theirs.port} local0"],
                    tuning=[f"log-send-hostname {hostname}"] if hostname else [])

    talk(daemon.connect())
    talk(rival.connect())

    assert blanked(ours.wait_for()[0]) == blanked(theirs.wait_for()[0])


@pytest.mark.parametrize("kind", ["ipv4", "ipv6", "unix", "name"])
def test_a_line_arrives_by_every_kind_of_address(tidegate, echo_server, peers, tmp_path, kind):
    daemon_of = {"ipv4": lambda: peers(Syslog), "ipv6": lambda: peers(Syslog, "::1"),
                 "unix": lambda: peers(Syslog, path=tmp_path / "log.sock"), "name": lambda: peers(Syslog)}
    syslog = daemon_of[kind]()
    target = f"udp://localhost:{syslog.port}" if kind == "name" else syslog.target
    if kind == "name" and socket.getaddrinfo("localhost", None)[0][0] == socket.AF_INET6:
        pytest.skip("localhost is ::1 first on this machine")
    daemon = tidegate(config(echo_server, log=target))

    for _ in range(20):
        talk(daemon.connect())

    lines = syslog.wait_for(20)
    assert all(re.match(rb"<134>.* web app/s1 .* -- .*\n$", line) for line in lines), lines


def test_each_target_has_its_own_format_frame_and_levels(tidegate, echo_server, peers, tmp_path):
    everything, errors, file = peers(Syslog), peers(Syslog), tmp_path / "access.json"
    daemon = tidegate(config(echo_server, frontend={"log": {"separate_errors": True}}, log=[
        "stdout", {"to": everything.target, "format": "json", "frame": "rfc5424"},
        {"to": errors.target, "frame": "short", "level": "err"}, {"to": str(file), "format": "json"}]))

    talk(daemon.connect())
    everything.wait_for(1)
    client = daemon.connect()
    client.sendall(b"x")
    assert client.recv(1) == b"x"
    reset(client)

    good, bad = everything.wait_for(2)
    assert good.startswith(b"<134>1 ") and bad.startswith(b"<131>1 ")
    assert json.loads(bad[bad.index(b"{"):])["termination"] == "CD"
    (line,) = errors.wait_for()
    assert line.startswith(b"<3>127.0.0.1:") and b" CD " in line
    assert [record.code for record in daemon.access(2)] == ["--", "CD"]
    wait_until(lambda: len(file.read_text().splitlines()) == 2, what="two lines in the file")
    assert len(errors.all()) == 1


@pytest.mark.parametrize("levels, haproxys", [({"level": "notice"}, "notice"), ({"level": "err"}, "err"),
                                              ({"level": "info", "min_level": "notice"}, "info notice"),
                                              ({"level": "notice", "min_level": "err"}, "notice err")])
def test_levels_bound_what_is_sent_as_haproxys_do(tidegate, echo_server, peers, haproxy, levels, haproxys):
    ours, theirs = peers(Syslog), peers(Syslog)
    ours_end, theirs_end = peers(Syslog), peers(Syslog)
    daemon = tidegate(config(echo_server, frontend={"log": {"separate_errors": True}},
                             log=[{"to": ours.target, **levels}, ours_end.target]))
    rival = haproxy(echo_server.address, options=["option log-separate-errors"],
                    logs=[f"127.0.0.1:{theirs.port} local0 {haproxys}", f"127.0.0.1:{theirs_end.port} local0"])

    for proxy, end in ((daemon, ours_end), (rival, theirs_end)):
        talk(proxy.connect())
        end.wait_for(1)
        client = proxy.connect()
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        reset(client)
        end.wait_for(2)

    expected = 2 if levels["level"] == "info" else 1
    assert [blanked(line) for line in ours.wait_for(expected)] == \
           [blanked(line) for line in theirs.wait_for(expected)]


@pytest.mark.parametrize("ranges, of", [("1", 3), ("2,3-5", 6), ("3,1", 4)])
def test_a_sample_has_the_lines_that_haproxy_takes(tidegate, echo_server, peers, haproxy, ranges, of):
    def taken(proxy, syslog, every) -> list[int]:
        ports = []
        for count in range(1, 13):
            client = proxy.connect()
            ports.append(b":%d " % client.getsockname()[1])
            talk(client)
            every.wait_for(count)
        wait_until(lambda: syslog.all(), what="a sample")
        return [ports.index(re.search(rb":\d+ (?=\[)", line)[0]) for line in syslog.all()]

    ours, theirs, ours_all, theirs_all = (peers(Syslog) for _ in range(4))
    daemon = tidegate(config(echo_server, log=[{"to": ours.target, "sample": {"ranges": ranges, "of": of}},
                                               ours_all.target]))
    rival = haproxy(echo_server.address, logs=[f"127.0.0.1:{theirs.port} sample {ranges}:{of} local0",
                                               f"127.0.0.1:{theirs_all.port} local0"])

    expected = taken(rival, theirs, theirs_all)
    assert taken(daemon, ours, ours_all) == expected


def test_a_unix_syslog_that_is_restarted_gets_lines_again(tidegate, echo_server, peers, tmp_path):
    path = tmp_path / "log.sock"
    syslog = Syslog(path=path)
    daemon = tidegate(config(echo_server, log=["stdout", syslog.target]))
    talk(daemon.connect())
    syslog.wait_for()

    syslog.close()
    os.unlink(path)
    talk(daemon.connect())
    daemon.out.wait_for(r"\] warning: syslog unix:.*: lines are dropped until it takes them again: No such file")
    syslog = peers(Syslog, path=path)

    def comes_back():
        talk(daemon.connect())
        return any(b"dropped: No such file or directory\n" in line for line in syslog.all())
    wait_until(comes_back, what="lines, and how many are missing")
    assert any(b" web app/s1 " in line for line in syslog.wait_for(2))
    daemon.out.wait_for(r"^\[[^]]+\] notice: syslog unix:.*: takes lines again, \d+ (was|were) dropped$")
    daemon.err.wait_for(r"takes lines again")


@pytest.mark.parametrize("there, why", [("nothing", "No such file or directory"),
                                        ("a stream", "Protocol wrong type for socket")])
def test_a_syslog_daemon_that_is_not_there_is_told_before_the_console_goes(start, echo_server, peers, tmp_path, there,
                                                                           why):
    path, pid_file = tmp_path / "log.sock", tmp_path / "pid"
    stream = socket.socket(socket.AF_UNIX)
    if there == "a stream":
        stream.bind(str(path))
    parent = start(config(echo_server, bind=f"unix:{tmp_path}/web", log=f"unix:{path}"), "-D", "-p", str(pid_file))
    assert parent.wait() == 0
    try:
        assert parent.err.matching(rf"^\[WARNING\] .* : syslog unix:{path}: {why}; looked for each second$")
        path.unlink(missing_ok=True)
        syslog = peers(Syslog, path=path)

        def comes():
            talk(connect(str(tmp_path / "web")))
            return syslog.all()
        wait_until(comes, what="lines")
    finally:
        stream.close()
        os.kill(int(pid_file.read_text()), 15)


def test_a_udp_port_that_nobody_listens_on_is_told_and_delays_nobody(tidegate, echo_server):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    daemon = tidegate(config(echo_server, log=["stdout", f"udp://127.0.0.1:{port}"]))

    for _ in range(50):
        talk(daemon.connect())

    daemon.out.wait_for(rf"\] warning: syslog 127.0.0.1:{port}: lines are dropped until it takes them again: Connection refused")
    assert len(daemon.access(50)) == 50
    daemon.stop()
    assert daemon.err.matching(rf"syslog 127.0.0.1:{port}: \d+ lines were dropped: Connection refused$")


def test_a_syslog_that_reads_nothing_delays_nobody(tidegate, echo_server, tmp_path):
    path = tmp_path / "log.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(path))
        daemon = tidegate(config(echo_server, log=[f"unix:{path}", "stdout"]))

        told = r"\] warning: syslog unix:.*: lines are dropped until it takes them again: their reader did not keep up"

        def full():
            talk(daemon.connect())
            return daemon.out.matching(told)
        wait_until(full, what="the outage")
        for _ in range(20):
            talk(daemon.connect())
        daemon.access(20)
