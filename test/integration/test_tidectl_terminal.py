"""What tidectl does to a terminal, and that it gives it back."""

import signal
import threading

import pytest

from support.scripted_api import fleet
from support.tidectl import OnTerminal, tidectl
from support.wait import AT_ONCE, Stopwatch, wait_until

ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"
INFO = "Name: Tidegate\nVersion: 0.1.0\nUptime: 0d 0h01m00s\nCurrConns: 3\nConnRate: 1"


@pytest.fixture
def api(admin):
    return admin.answers("show stat", fleet("s1", sessions=7)).answers("show info", INFO)


def test_status_is_coloured_on_a_terminal(api, peers):
    terminal = peers(OnTerminal, api.socket, "status")

    assert terminal.wait() == 0
    assert "\x1b[32mUP\x1b[0m" in terminal.screen


@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_who_wants_no_colour_gets_none(api, peers, more):
    terminal = peers(OnTerminal, api.socket, "status", **more)

    assert terminal.wait() == 0
    assert "UP" in terminal.screen and "\x1b" not in terminal.screen


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGHUP, 130)])
def test_top_gives_the_screen_back_on_a_signal(api, peers, number, status):
    terminal = peers(OnTerminal, api.socket, "top")
    terminal.wait_for("q quits")
    assert ENTER in terminal.screen

    terminal.signal(number)

    assert terminal.wait() == status
    assert terminal.screen.endswith(LEAVE)
    assert terminal.settings() == terminal.before


def test_top_ends_with_q(api, peers):
    terminal = peers(OnTerminal, api.socket, "top", "--interval", "60000")
    terminal.wait_for("q quits")

    terminal.press("q")

    assert terminal.wait() == 0
    assert terminal.screen.endswith(LEAVE)
    assert terminal.settings() == terminal.before


def test_top_ends_with_the_key_of_the_terminal_for_it(api, peers):
    terminal = peers(OnTerminal, api.socket, "top", "--interval", "60000")
    terminal.wait_for("q quits")

    terminal.press("\x03")

    assert terminal.wait() == 130
    assert terminal.screen.endswith(LEAVE)


def test_top_draws_the_rates(api, peers):
    terminal = peers(OnTerminal, api.socket, "top", "--interval", "50", "--count", "3")

    assert terminal.wait() == 0
    assert "Tidegate 0.1.0, up 0d 0h01m00s" in terminal.screen
    assert "▁▁▁" in terminal.screen


def test_top_goes_on_when_the_daemon_is_away(api, peers):
    terminal = peers(OnTerminal, api.socket, "top", "--interval", "50")
    terminal.wait_for("q quits")

    api.close()

    terminal.wait_for("no answer: there is no socket")
    terminal.press("q")
    assert terminal.wait() == 0


def test_top_ends_at_once_although_the_daemon_does_not_answer(api, peers):
    silence = threading.Event()
    terminal = peers(OnTerminal, api.socket, "top", "--interval", "50")
    terminal.wait_for("q quits")
    api.answers("show info", lambda _: silence.wait(20) and "")
    seen = len(api.asked("show info"))
    wait_until(lambda: len(api.asked("show info")) > seen, what="it waits for an answer")

    terminal.signal(signal.SIGINT)
    ended = Stopwatch()
    status = terminal.wait()

    assert ended.elapsed() < AT_ONCE
    silence.set()
    assert status == 130
    assert terminal.screen.endswith(LEAVE)


def test_top_in_a_pipe_says_what_to_use_instead(api):
    ended = tidectl(api.socket, "top")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "tidectl status" in ended.stderr


def test_top_tells_of_a_wrong_socket_before_it_takes_the_screen(tmp_path, peers):
    terminal = peers(OnTerminal, tmp_path / "none.sock", "top")

    assert terminal.wait() == 1
    assert "there is no socket" in terminal.screen and ENTER not in terminal.screen
