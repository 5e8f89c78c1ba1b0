"""Starts daemons and peers for the tests and ends them; no test outlives its deadline."""

import contextlib
import faulthandler
import os
import resource
import signal

import pytest

from support import netns
from support.admin import wait_asked
from support.scripted_api import Admin
from support.config import config, with_probe
from support.daemon import Daemon
from support.haproxy import HAProxy
from support.peers import Listener, Server, echo, says
from support.programs import Program
from support.settings import binary, sanitized
from support.ways import KINDS, Way

SANITIZER_PATIENCE = 4  # times the deadline of an ordinary build


def pytest_configure():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if "PYTEST_XDIST_WORKER" in os.environ:
        netns.isolate()


def pytest_report_header():
    return f"tidegate: {binary()}{' (sanitized)' if sanitized() else ''}"


class Overdue(BaseException):
    """Not an Exception, so that no test handles it by chance."""


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    marker = item.get_closest_marker("deadline")
    seconds = (marker.args[0] if marker else 30) * (SANITIZER_PATIENCE if sanitized() else 1)

    def overdue(*_):
        raise Overdue(f"still running after {seconds} s")

    signal.signal(signal.SIGALRM, overdue)
    signal.alarm(seconds)
    faulthandler.dump_traceback_later(seconds + 60, exit=True)
    try:
        yield
    finally:
        signal.alarm(0)
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture(params=[1, 2], ids=["1-worker", "2-workers"])
def workers(request) -> int:
    return request.param


@pytest.fixture(params=KINDS)
def way(request, tmp_path) -> Way:
    """Addresses of one kind, for binds and servers."""
    return Way(request.param, tmp_path)


@pytest.fixture
def start(tmp_path):
    """start(config, *flags, ...) -> Daemon, without waiting; what still runs at the end is stopped."""
    daemons = []

    def start_one(config, *flags, **options) -> Daemon:
        directory = tmp_path / f"daemon{len(daemons)}"
        directory.mkdir()
        daemons.append(Daemon(directory, config, *flags, **options))
        return daemons[-1]

    yield start_one
    with contextlib.ExitStack() as ends:
        for daemon in daemons:
            ends.callback(daemon.end)
    for daemon in daemons:
        print(" ".join(daemon.command), *daemon.err.all()[-60:], sep="\n")
        print(*daemon.out.all()[-20:], sep="\n")


@pytest.fixture
def tidegate(start):
    """The same, ready to serve."""
    return lambda config, *flags, **options: start(config, *flags, **options).wait_ready()


@pytest.fixture
def peers():
    """peers(Kind, ...) -> a peer that is closed at the end."""
    with contextlib.ExitStack() as ends:
        def add(kind, *arguments, **options):
            peer = kind(*arguments, **options)
            ends.callback(peer.close)
            return peer
        yield add


@pytest.fixture
def programs():
    """programs(name, *arguments, at=[endpoints it listens on]) -> Program; stopped at the end."""
    with contextlib.ExitStack() as ends:
        def start_one(*command, at=(), **options) -> Program:
            started = Program(command, **options)
            ends.callback(started.stop)
            return started.wait_listening(*at)
        yield start_one


@pytest.fixture
def server(peers) -> Listener:
    """A server whose connections the test drives by hand."""
    return peers(Listener)


@pytest.fixture
def echo_server(peers) -> Server:
    return peers(Server, echo)


@pytest.fixture(params=[Daemon, HAProxy], ids=["tidegate", "haproxy"])
def proxy(request, tmp_path, peers):
    """proxy(servers, ...) -> config(servers, ...) at work. No timeout fires within a test that does not set it."""
    started = []

    def start(servers, *, timeouts=None, **options):
        plain = config(servers, timeouts={"connect": "1m", "queue": "1m", **(timeouts or {})}, **options)
        plain["global"]["log"] = ["stdout", {"to": str(tmp_path / "json.log"), "format": "json"}]
        started.append(request.param(tmp_path, with_probe(plain, peers(Server, says(b"probe")))))
        return started[-1].wait_ready()

    yield start
    for daemon in started:
        daemon.end()
        print(*daemon.err.all()[-20:], *daemon.out.all()[-20:], sep="\n")


@pytest.fixture
def side_by_side(tidegate, tmp_path):
    """side_by_side(plain) -> Tidegate and HAProxy under plain(path), each with that path of its admin socket."""
    with contextlib.ExitStack() as ends:
        def start_both(plain) -> list:
            paths = [str(tmp_path / name) for name in ("tidegate.sock", "haproxy.sock")]
            directory = tmp_path / "haproxy"
            directory.mkdir()
            ours = tidegate(plain(paths[0]))
            theirs = HAProxy(directory, plain(paths[1]))
            ends.callback(theirs.end)
            wait_asked(paths[1], b"show cli level\n", b"admin\n\n")
            return [(ours, paths[0]), (theirs, paths[1])]
        yield start_both


@pytest.fixture
def admin(peers, tmp_path) -> Admin:
    """A runtime API whose answers the test gives."""
    return peers(Admin, tmp_path / "admin.sock")
