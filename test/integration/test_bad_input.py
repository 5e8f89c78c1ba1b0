"""A configuration with mistakes starts nothing and names every one, with its line and what would be right."""

import re
import subprocess

import pytest

from support.settings import binary

GOOD = """\
global:
  threads: 1
defaults:
  timeouts: {connect: 5s}
frontends:
  web:
    bind: 127.0.0.1:0
    backend: app
backends:
  app:
    servers:
      s1: 127.0.0.1:9
"""

TWICE = "twice|again|duplicate|already"

# What to replace, by what, the line of the mistake, a part of the path of keys, and of the sentence.
MISTAKES = {
    "an unknown key, with the one that was meant":
        ("    backend: app", "    backend: app\n    max_con: 5", 9, "web", "maxconn"),
    "an unknown section": ("backends:\n", "backend:\n", 9, "backend", "backends"),
    "a word for a number": ("threads: 1", "threads: some", 2, "threads", "some"),
    "a number out of range": ("threads: 1", "threads: 1000", 2, "threads", "64"),
    "a negative number": ("threads: 1", "threads: 1\n  maxconn: -1", 3, "maxconn", "-1"),
    "a duration without a unit": ("connect: 5s", "connect: 5", 4, "connect", "unit"),
    "a duration with a strange unit": ("connect: 5s", "connect: 5x", 4, "connect", "ms"),
    "a list for a mapping": ("{connect: 5s}", "[connect]", 4, "timeouts", "mapping|keys"),
    "a key given twice": ("    backend: app", "    backend: app\n    backend: app", 9, "web", TWICE),
    "a name given twice":
        ("  app:\n", "  app:\n    servers: {s1: \"127.0.0.1:9\"}\n  app:\n", 12, "app", TWICE),
    "a backend that does not exist": ("backend: app", "backend: ap", 8, "web", '"app"'),
    "two binds on one address":
        ("bind: 127.0.0.1:0", "bind: [\"127.0.0.1:7001\", \"127.0.0.1:7001\"]", 7, "web", "7001"),
    "a backend without servers":
        ("    servers:\n      s1: 127.0.0.1:9\n", "    servers: {}\n", 11, "app", "server"),
    "an address without a port": ("s1: 127.0.0.1:9", "s1: 127.0.0.1", 12, "s1", "port"),
    "a port out of range": ("127.0.0.1:9", "127.0.0.1:99999", 12, "s1", "99999"),
    "a weight out of range":
        ("s1: 127.0.0.1:9", "s1: {address: \"127.0.0.1:9\", weight: 257}", 12, "weight", "256"),
    "a name that does not resolve": ("127.0.0.1:9", "does-not-exist.invalid:9", 12, "s1", "does-not-exist"),
    "a server that is one of our own binds": ("127.0.0.1:0", "127.0.0.1:9", 12, "s1", "bind|frontend|itself|loop"),
    "a network with bits after its prefix":
        ("    backend: app", "    backend: app\n    allow: [10.0.0.1/8]", 9, "allow", "10.0.0"),
    "a file of networks that cannot be read":
        ("    backend: app", "    backend: app\n    deny: [\"file:/not/there\"]", 9, "deny", "/not/there"),
    "an unknown algorithm": ("    servers:", "    balance: robinround\n    servers:", 11, "balance", "roundrobin"),
    "a mode that is no octal text":
        ("bind: 127.0.0.1:0", "bind: {address: \"unix:/tmp/x.sock\", mode: \"0999\"}", 7, "mode", "0999"),
    "a syntax error": ("backend: app", "backend: app: web", 8, "", ""),
    "a tab as indentation": ("  app:\n", "\tapp:\n", 10, "", ""),
    "a NUL byte": ("threads: 1", "threads: 1\0", 2, "", "NUL"),
    "a required key left out": ("    bind: 127.0.0.1:0\n", "", 6, "web", "bind"),
}


def run(path) -> subprocess.CompletedProcess:
    return subprocess.run([binary(), "-f", str(path)], capture_output=True, text=True, timeout=20, check=False)


@pytest.fixture
def file(tmp_path):
    def write(text: str):
        path = tmp_path / "bad.yaml"
        path.write_text(text)
        return path
    return write


def mistakes(answer) -> list[re.Match]:
    found = re.finditer(r"(?P<file>\S+\.yaml):(?P<line>\d+): (?P<where>[^:]*): (?P<what>.+)", answer.stderr)
    return list(found)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_place(file, name):
    before, after, line, where, what = MISTAKES[name]
    assert GOOD.count(before) >= 1
    path = file(GOOD.replace(before, after, 1))

    answer = run(path)

    assert answer.returncode == 1
    assert "listening" not in answer.stderr
    told = mistakes(answer)
    assert [match for match in told
            if match["file"].endswith(str(path)) and int(match["line"]) == line and where in match["where"]
            and re.search(what, match["what"])], answer.stderr


def test_all_mistakes_are_told_at_once(file):
    text = GOOD.replace("threads: 1", "threads: x").replace("5s", "5").replace("backend: app", "backend: ap")

    answer = run(file(text))

    assert answer.returncode == 1
    assert {int(match["line"]) for match in mistakes(answer)} >= {2, 4, 8}


def test_a_file_that_is_not_there_is_named(tmp_path):
    answer = run(tmp_path / "absent.yaml")

    assert answer.returncode == 1
    assert "absent.yaml" in answer.stderr


def test_a_directory_without_files_is_named(tmp_path):
    answer = run(tmp_path)

    assert answer.returncode == 1
    assert str(tmp_path) in answer.stderr


def test_a_file_too_large_is_refused_before_it_is_parsed(file):
    answer = run(file(GOOD + "# " + "x" * (17 << 20)))

    assert answer.returncode == 1
    assert "16 MiB" in answer.stderr


def test_a_bomb_of_aliases_is_refused(file):
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for i in range(1, 9):
        bomb += f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n"

    answer = run(file(bomb + GOOD))

    assert answer.returncode == 1
    assert mistakes(answer)


def test_an_empty_file_starts_nothing(file):
    answer = run(file(""))

    assert answer.returncode == 1
    assert answer.stderr


def test_variables_of_the_environment_are_expanded(start, echo_server):
    text = GOOD.replace("127.0.0.1:9", "${TARGET}").replace("connect: 5s", "connect: '${WAIT:-5s}'")
    daemon = start(text, env={"TARGET": echo_server.address}).wait_ready()

    with daemon.connect() as client:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
