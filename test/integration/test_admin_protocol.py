"""The runtime API's protocol: replies are those of Debian's HAProxy, byte for byte, where both have the command."""

import re
import socket

import pytest

from support.admin import ask, read_until, wait_asked
from support.config import config
from support.haproxy import Rival
from support.sockets import connect, finish, read_all

VERSIONS = (rb"\b2\.\d+\.\d+\S*", rb"\b\d+\.\d+\.\d+\b")


class Pair:
    """Both programs with an admin socket of the level admin."""

    def __init__(self, tidegate, peers, tmp_path):
        self.tidegate, self.haproxy = str(tmp_path / "t.sock"), str(tmp_path / "h.sock")
        tidegate(config("127.0.0.1:9", admin=self.tidegate))
        text = ("global\n"
                f"stats socket {self.haproxy} mode 600 level admin\n"
                "defaults\nmode tcp\ntimeout connect 1s\ntimeout client 1s\ntimeout server 1s\n"
                "listen web\nbind {bind}\nserver s1 127.0.0.1:9\n")
        peers(Rival, tmp_path, text)
        wait_asked(self.haproxy, b"show cli level\n", b"admin\n\n")


@pytest.fixture
def pair(tidegate, peers, tmp_path) -> Pair:
    return Pair(tidegate, peers, tmp_path)


def without_versions(reply: bytes) -> bytes:
    for version in VERSIONS:
        reply = re.sub(version, b"VERSION", reply)
    return reply


LINES = [
    b"show version\n", b"show version\r\n", b"  show \t version  \n", b"show version extra\n", b"show version",
    b"show version;show cli level\n", b"show cli level;quit;show cli level\n", b"quit\n",
    b"show env HOME\n", b"show env HO\\ME\n", b"show env NOPE\n", b"show env NO\\;PE;show cli level\n",
    b"operator;show cli level;user;show cli level;operator;show cli level\n", b"user;show env\n",
    b"set timeout cli 3s;set timeout cli 3\n", b"set timeout cli\n", b"set timeout cli abc\n", b"set timeout foo 3\n",
    b"set timeout\n", b"set severity-output\n", b"set severity-output foo\n",
    b"set severity-output number;show version;show env NOPE;user;show env;set severity-output none;show env NOPE\n",
    b"set severity-output string;show version;show cli level;set timeout foo\n",
    b"prompt\nshow version\nquit\n", b"prompt\nshow version;show cli level\n", b"prompt\nprompt\n",
    b"prompt\nshow version <<\nabc\ndef\n\nshow version\n", b"show version <<\nabc\n\n", b"show version <<\nabc\n",
    b"prompt\nset severity-output number\nshow env NOPE\n",
]


@pytest.mark.parametrize("line", LINES, ids=repr)
def test_replies_are_haproxy_s(pair, line):
    expected = ask(pair.haproxy, line)

    assert without_versions(ask(pair.tidegate, line)) == without_versions(expected)


# One row as both print it.
ROW = rb"  (?P<usage>.{40,}?): (?P<what>.*)"
COMMON = [b"operator", b"user", b"quit", b"show cli level", b"show cli sockets", b"show version", b"show env"]


def rows(reply: bytes) -> dict[bytes, bytes]:
    """The lines of help, by the command's own words."""
    lines = reply.splitlines()[1:]
    assert lines.pop() == b""
    assert all(re.fullmatch(ROW, line) for line in lines)
    return {re.match(rb"  ((?:[a-z][a-z-]*\s)+)", line)[1].strip(): line for line in lines}


@pytest.mark.parametrize("line", [b"help\n", b"help show cli\n", b"\n", b"show cli\n"], ids=repr)
def test_help_has_haproxy_s_layout(pair, line):
    ours, theirs = ask(pair.tidegate, line), ask(pair.haproxy, line)
    head = {b"show cli\n": b"Unknown command: 'show', but maybe"}.get(line, theirs.splitlines()[0])
    assert ours.startswith(head)
    ours, theirs = rows(ours), rows(theirs)

    assert [ours[name] for name in COMMON if name in ours] == [theirs[name] for name in COMMON if name in ours]
    assert list(ours)[-3:] == list(theirs)[-3:] == [b"help", b"prompt", b"quit"]


def test_one_line_is_answered_and_then_it_ends_without_the_client(pair):
    for path in (pair.haproxy, pair.tidegate):
        assert ask(path, b"show cli level\n", half_close=False) == b"admin\n\n"


def test_lines_behind_the_first_are_not_answered(pair):
    # HAProxy answers those that it finds in the same read, and no other.
    assert ask(pair.tidegate, b"show cli level\nshow version\n") == b"admin\n\n"


def test_a_line_may_come_in_pieces(pair):
    """Of HAProxy 2.6 nobody may expect that: now and then it does not answer until its time is over."""
    for _ in range(20):
        with connect(pair.tidegate) as client:
            for byte in b"show cli level\n":
                client.send(bytes([byte]))
            assert read_all(client) == b"admin\n\n"


def test_a_prompt_stays_until_quit_and_shows_its_sockets(pair):
    for path in (pair.haproxy, pair.tidegate):
        with connect(path) as client:
            client.sendall(b"prompt\n")
            assert read_until(client, b"> ") == b"\n> "
            client.sendall(b"show cli sockets\n")
            expected = f"# socket lvl processes\nunix@{path} admin all\n\n> ".encode()
            assert read_until(client, b"> ") == expected
            client.sendall(b"quit\n")
            assert read_all(client) == b""


def test_the_environment_is_shown_as_it_is(tidegate, tmp_path):
    path = str(tmp_path / "admin.sock")
    tidegate(config("127.0.0.1:9", admin=path), env={"TIDEGATE_TEST": "a b=c"})

    assert ask(path, b"show env TIDEGATE_TEST\n") == b"TIDEGATE_TEST=a b=c\n\n"
    assert b"TIDEGATE_TEST=a b=c\n" in ask(path, b"show env\n")
    assert ask(path, b"show env TIDEGATE_TES\n") == b"Variable not found\n\n"


def test_modes_of_haproxy_3(tidegate, tmp_path):
    path = str(tmp_path / "admin.sock")
    tidegate(config("127.0.0.1:9", admin=path))

    assert ask(path, b"prompt i\nshow cli level\nshow cli level\n") == b"\nadmin\n\nadmin\n\n"
    assert ask(path, b"prompt p\nprompt n\nshow cli level\n") == b"\n> \n"
    assert re.fullmatch(rb"\n\[0:00:00:\d\d\]> admin\n\n\[0:00:00:\d\d\]> ", ask(path, b"prompt timed\nshow cli level\n"))
    assert ask(path, b"echo a\\;b  c;prompt help\n").startswith(b"a;b c\n\nUsage: prompt ")
    with_tag = b"prompt i\necho a <<END\n\nEND\nshow cli level\n"
    assert ask(path, with_tag) == b"\na\n\nadmin\n\n"


def test_a_reply_is_whole_for_a_client_that_has_closed_its_side_first(tidegate, tmp_path):
    path = str(tmp_path / "admin.sock")
    tidegate(config("127.0.0.1:9", admin=path), env={"LONG": "x" * 100_000})
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        client.sendall(b"show env LONG;" * 20 + b"show cli level\n")
        finish(client)

        assert read_all(client) == (b"LONG=" + b"x" * 100_000 + b"\n\n") * 20 + b"admin\n\n"
