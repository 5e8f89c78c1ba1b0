"""The manual pages and the completion know what the programs know."""

import re
import subprocess

import pytest

from support.scripted_api import fleet
from support.programs import program
from support.settings import ROOT, binary
from support.tidectl import command, done, environment

MAN = ROOT / "scripts" / "packaging" / "man"


def commands() -> list[str]:
    listed = done(None, "--help").partition("Subcommands:\n")[2].partition("\n\n")[0]
    return [line.split()[0] for line in listed.splitlines()]


def test_the_manual_page_has_every_command():
    page = (MAN / "tidectl.1").read_text()

    assert len(commands()) > 10
    assert [name for name in commands() if not re.search(rf"^\.It Cm {name}\b", page, re.M)] == []


def test_the_help_of_every_command_has_an_example_of_it():
    for name in commands():
        words = ["log", "reopen"] if name == "log" else [name]
        examples = done(None, *words, "--help").partition("Examples:\n")[2]

        assert f"tidectl {' '.join(words)}" in examples, name


def test_the_manual_page_has_every_flag_of_the_daemon():
    page = (MAN / "tidegate.8").read_text()
    usage = subprocess.run([binary(), "-h"], capture_output=True, text=True, timeout=20, check=True).stdout
    flags = re.findall(r"^  -(\w+) ", usage, re.M)

    assert len(flags) > 8
    assert [flag for flag in flags if not re.search(rf"^\.It Fl {flag}\b", page, re.M)] == []


def test_the_manual_page_of_the_configuration_holds_a_good_one(tmp_path):
    example = (MAN / "tidegate.yaml.5").read_text().partition("-offset indent\n")[2].partition(".Ed")[0]
    (tmp_path / "example.yaml").write_text(example)

    assert "valid" in done(None, "check", tmp_path / "example.yaml")


def complete(socket, line: str, tmp_path) -> list[str]:
    """What bash would offer at the end of the line."""
    script = tmp_path / "completion.bash"
    script.write_text(done(None, "completion", "bash"))
    own = command()[0]
    asked = subprocess.run(
        [program("bash"), "--norc", "-c", 'source "$1"; COMP_LINE=$2 COMP_POINT=${#2}; compopt() { :; }; _tidectl; '
         'printf "%s\\n" "${COMPREPLY[@]}"', "-", script, line.replace("tidectl", own, 1)],
        capture_output=True, text=True, timeout=20, check=True, env=environment(socket))
    assert asked.stderr == ""
    return [offer for offer in asked.stdout.splitlines() if offer]


@pytest.mark.parametrize("line, offers", [
    ("tidectl dr", ["drain", "drains"]),
    ("tidectl drain ", ["app/s1", "app/s2"]),
    ("tidectl drain app/s1,", ["app/s1,s1", "app/s1,s2"]),
    ("tidectl drain app/s1 --wa", ["--watch", "--wait"]),
    ("tidectl rebalance ", ["app"]),
    ("tidectl status w", ["web"]),
    ("tidectl sessions --frontend ", ["web"]),
    ("tidectl -o ", ["table", "json", "csv"]),
    ("tidectl -o json weight a", ["app/s1", "app/s2"]),
    ("tidectl log ", ["reopen"]),
])
def test_the_completion_offers(admin, tmp_path, line, offers):
    admin.answers("show stat", fleet("s1", "s2"))

    assert complete(admin.socket, line, tmp_path) == offers


def test_the_completion_asks_the_socket_on_the_line(admin, tmp_path):
    admin.answers("show stat", fleet("s1"))

    assert complete(tmp_path / "none.sock", f"tidectl -s {admin.socket} ready ", tmp_path) == ["app/s1"]


def test_the_completion_is_silent_without_a_daemon(tmp_path):
    assert complete(tmp_path / "none.sock", "tidectl drain ", tmp_path) == []
    assert "drain" in complete(tmp_path / "none.sock", "tidectl ", tmp_path)
