"""Checks of Tidegate and of Debian's HAProxy say the same of servers that do the same, line for line."""

import contextlib

import pytest

from support.checked_pair import (CheckedPair, Situation, closes, greets, hears_and_closes, hears_and_resets, holds,
                                  http, replies, talks)
from support.daemon import Daemon

PATIENT = {"interval": "100ms", "timeout": "20s", "rise": 2, "fall": 2}
BRIEF = {**PATIENT, "timeout": "300ms"}


def checked(name: str, check: dict, option: list[str], *answers, brief=False, rise=2, fall=2, server="", keys=None,
            **options) -> Situation:
    times = {**(BRIEF if brief else PATIENT), "rise": rise, "fall": fall}
    return Situation(name, [f"timeout check {times['timeout']}", *option], f"check inter 100ms rise {rise} fall {fall}{server}",
                     {"check": {**check, **times}, **(keys or {})}, [*answers], steady=brief, **options)


def agent(name: str, *lines: bytes, option=(), server: str = "", yaml=None) -> Situation:
    return Situation(name, [*option], f"agent-check agent-port {{port}} agent-inter 300ms {server}",
                     {"agent": {"interval": "300ms"}, **(yaml or {})}, [greets(line) for line in lines],
                     steady=True, agent=True)


def flaps(pattern: str) -> list:
    """Of a Redis that is well (+) or not (-)."""
    return [replies(b"+PONG\r\n" if sign == "+" else b"-LOADING Redis is loading\r\n") for sign in pattern.split()]


REDIS = {"kind": "redis"}, ["option redis-check"]
HTTP = {"http": {"method": "GET", "path": "/ready"}}, ["option httpchk GET /ready"]
BANNER = ({"script": [{"expect": "220"}, {"send": "QUIT\r\n"}, {"expect": "221"}]},
          ["option tcp-check", "tcp-check expect string 220", r"tcp-check send QUIT\r\n", "tcp-check expect string 221"])
ROLE = ({"script": [{"send": "INFO\r\n"}, {"expect": "role:master", "comment": "is-master"}]},
        ["option tcp-check", r"tcp-check send INFO\r\n", "tcp-check expect string role:master comment is-master"])
NO_REPLICA = ({"script": [{"send": "INFO\r\n"}, {"expect": {"regex": "role:(master|slave)"}},
                          {"expect": {"string": "role:slave", "not": True, "min_recv": 1}}]},
              ["option tcp-check", r"tcp-check send INFO\r\n", "tcp-check expect rstring role:(master|slave)",
               "tcp-check expect min-recv 1 ! string role:slave"])
MASTER, REPLICA = replies(b"# Replication\r\nrole:master\r\n"), replies(b"# Replication\r\nrole:slave\r\n")
OK, GONE, BUSY = (replies(http(status)) for status in ("200 OK", "404 Not Found", "503 Service Unavailable"))

LOADING, SSH = b"-LOADING Redis is loading\r\n", b"SSH-2.0-OpenSSH\r\n"
BANNERS, SMTP = talks(b"220 hi\r\n", b"221 bye\r\n"), talks(b"220 hi\r\n", b"250 ok\r\n", b"221 bye\r\n")

SITUATIONS = [
    checked("refusing", {"kind": "tcp"}, [], refusing=True),
    checked("accepting", {"kind": "tcp"}, []),
    checked("no-weight", *REDIS, *flaps("+ - - +"), server=" weight 0", keys={"server_defaults": {"weight": 0}}),
    checked("backup", *REDIS, *flaps("- - + +"), backup=True),
    checked("silent", *BANNER, holds, brief=True),
    checked("closing", *BANNER, closes, closes, closes),
    checked("closing-http", *HTTP, hears_and_closes, hears_and_closes, OK, OK, hears_and_closes),
    checked("resetting", *REDIS, hears_and_resets, hears_and_resets, *flaps("+ +")),
    checked("resetting-http", *HTTP, hears_and_resets, hears_and_resets, OK, OK, hears_and_resets),
    checked("statuses", *HTTP, OK, GONE, OK, BUSY, BUSY, GONE, OK, OK, replies(http("302 Found"))),
    checked("no-http", *HTTP, OK, replies(SSH), OK, greets(SSH, end=False)),
    checked("taking-leave", {"http": {**HTTP[0]["http"], "disable_on_404": True}},
            [*HTTP[1], "http-check disable-on-404"], OK, GONE, GONE, OK, GONE, BUSY, BUSY, GONE, GONE, OK, OK, GONE),
    checked("banner", *BANNER, BANNERS, greets(b"554 no\r\n"), BANNERS, greets(b"220 hi\r\n"), holds,
            talks(b"220 hi\r\n", b"5"), brief=True),
    checked("role", *ROLE, MASTER, REPLICA, REPLICA, MASTER, MASTER, brief=True),
    checked("role-negated", *NO_REPLICA, MASTER, REPLICA, REPLICA, MASTER, MASTER),
    checked("flapping", *REDIS, *flaps("+ + - + - - - + +")),
    checked("flapping-slowly", *REDIS, *flaps("+ - - + - - - + - + + - + + + - -"), rise=3, fall=3),
    checked("flapping-at-once", *REDIS, *flaps("+ - + - -  + +"), rise=1, fall=1),
    checked("smtp", {"kind": "smtp"}, ["option smtpchk"], greets(b"421 too busy\r\n"), SMTP,
            talks(b"220 hi\r\n", b"502 what?\r\n"), SMTP, SMTP),
    checked("redis-loading", *REDIS, replies(LOADING, end=False), brief=True),
    checked("smtp-busy", {"kind": "smtp"}, ["option smtpchk"], talks(b"220 hi\r\n", b"502 what?\r\n", end=False),
            brief=True),
    agent("agent-health", b"up\n", b"down\n", b"down\n", b"up\n", b"stopped #why\n", b"up\n", b"fail\n", b"up\n"),
    agent("agent-admin", b"ready\n", b"drain\n", b"drain\n", b"ready\n", b"maint\n", b"maint\n", b"ready\n"),
    agent("agent-weight", b"75%\n", b"0%\n", b"0%\n", b"up 100%\n", b"50% up\n", b"ready 0%\n", b"down\n",
          b"up 100%\n", server="weight 40", yaml={"server_defaults": {"weight": 40}}),
    agent("agent-weight-static", b"75%\n", b"100%\n", b"up 50%\n", b"up 100%\n", b"0%\n", b"down 50%\n",
          b"up 100%\n", option=["balance static-rr"], server="weight 40",
          yaml={"balance": "static-rr", "server_defaults": {"weight": 40}}),
    agent("agent-silent", b"up\n", b"", b"up\n", b"down\n", b"", b"down\n", b"up\n"),
    agent("agent-mistaken", b"up\n", b"down#oops\n", b"what\n", b"\n", b"up\n"),
]

# What HAProxy says, and what is said here; lb/check/README.md has the reasons.
DIFFERENCES = {
    "agent-weight-static": ("'100%'.<0A>", "'100%'."),
    "closing-http": ("invalid response", 'invalid response, info: "TCPCHK got an empty response at step 2"'),
    "no-http": ("invalid response", 'invalid response, info: "not an HTTP response"'),
    "redis-loading": ("Layer7 timeout", 'Layer7 wrong status, code: 0, info: "-LOADING Redis is loading"'),
    "smtp-busy": ("Layer7 timeout", 'Layer7 wrong status, code: 502, info: "what?"'),
}

# What is said here only, and once.
ADDED = {"agent-silent": "Server agent-silent/s1 gets no new sessions, as its agent said before it fell silent"}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    directory = tmp_path_factory.mktemp("checked")
    with contextlib.ExitStack() as stack:
        def tidegate(plain) -> Daemon:
            daemon = Daemon(directory, plain).wait_ready()
            stack.callback(daemon.end)
            return daemon
        yield CheckedPair(tidegate, directory, stack, SITUATIONS)


@pytest.mark.parametrize("situation", [each.name for each in SITUATIONS])
def test_the_log_is_haproxys(both, situation):
    ours, theirs = both.lines(situation)

    if situation in ADDED:
        added, = (line for line in ours if ADDED[situation] in line)
        ours.remove(added)
    said, instead = DIFFERENCES.get(situation, ("", ""))
    assert any(said in line for line in theirs)
    assert ours == [line.replace(said, instead) for line in theirs]
