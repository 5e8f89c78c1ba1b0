"""The command line as HAProxy users type it."""

import ctypes
import os
import signal
import subprocess

import pytest
import yaml

from support.config import config
from support.settings import binary
from support.sockets import connect, read_exactly, refused
from support.wait import wait_until

PR_SET_CHILD_SUBREAPER = 36
GOOD = config("127.0.0.1:9")


def run(*arguments, **options) -> subprocess.CompletedProcess:
    return subprocess.run([binary(), *map(str, arguments)], capture_output=True, text=True, timeout=20,
                          check=False, **options)


@pytest.fixture
def file(tmp_path):
    """file(config, name) -> the path of the configuration written there."""
    def write(plain, name="tidegate.yaml"):
        path = tmp_path / name
        path.write_text(plain if isinstance(plain, str) else yaml.safe_dump(plain, sort_keys=False))
        return path
    return write


@pytest.mark.parametrize("flag", ["-v", "-vv"])
def test_the_version_is_shown(flag):
    shown = run(flag)

    assert shown.returncode == 0
    assert shown.stdout.lower().startswith("tidegate version ")
    assert shown.stderr == ""


def test_vv_tells_more_than_v():
    assert len(run("-vv").stdout) > len(run("-v").stdout)
    assert "epoll" in run("-vv").stdout


def test_c_checks_a_good_file_without_a_word(file):
    checked = run("-c", "-f", file(GOOD))

    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_c_with_capital_v_says_that_the_file_is_valid(file):
    checked = run("-c", "-V", "-f", file(GOOD))

    assert checked.returncode == 0
    assert "Configuration file is valid" in checked.stdout


def test_c_does_not_bind(file, echo_server):
    checked = run("-c", "-f", file(config("127.0.0.1:9", bind=echo_server.address)))

    assert checked.returncode == 0


def test_c_on_a_bad_file_fails(file):
    checked = run("-c", "-f", file(config("127.0.0.1:9", frontend={"backend": "nowhere"})))

    assert checked.returncode == 1
    assert "nowhere" in checked.stderr


@pytest.mark.parametrize("arguments", [[], ["-f"], ["--frobnicate"], ["-n", "many", "-f", "x"], ["stray"]])
def test_a_wrong_command_line_shows_the_usage_and_fails(arguments):
    answer = run(*arguments)

    assert answer.returncode == 1
    assert "usage" in (answer.stdout + answer.stderr).lower()


def test_q_says_nothing_even_about_mistakes(file):
    quiet = run("-q", "-c", "-f", file("nonsense: ["))

    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (1, "", "")


def test_q_starts_without_a_word(start, echo_server, tmp_path):
    path = tmp_path / "web.sock"
    daemon = start(config(echo_server, bind=f"unix:{path}"), "-q")
    wait_until(lambda: path.exists() and not refused(str(path)), what="it listens")

    daemon.stop()

    assert daemon.err.all() == []


def test_p_writes_the_process_id(tidegate, echo_server, tmp_path):
    pid_file = tmp_path / "tidegate.pid"
    daemon = tidegate(config(echo_server), "-p", str(pid_file))

    assert pid_file.read_text() == f"{daemon.pid}\n"


def test_a_pid_file_that_cannot_be_written_is_named(start, echo_server, tmp_path):
    daemon = start(config(echo_server), "-p", str(tmp_path / "none" / "tidegate.pid"))

    assert daemon.wait() == 1
    assert daemon.err.matching("none/tidegate.pid")


def test_d_goes_to_the_background_once_it_listens(file, echo_server, tmp_path):
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)  # so that the status of the daemon comes to us
    path, pid_file = tmp_path / "web.sock", tmp_path / "tidegate.pid"
    plain = config(echo_server, bind=f"unix:{path}", log="none")

    parent = subprocess.run([binary(), "-D", "-p", pid_file, "-f", file(plain)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20, check=False)
    pid = int(pid_file.read_text())
    try:
        with connect(str(path)) as client:
            client.sendall(b"hello")
            assert read_exactly(client, 5) == b"hello"
        assert parent.returncode == 0
        assert os.getsid(pid) != os.getsid(0)
    finally:
        os.kill(pid, signal.SIGTERM)
        _, status = os.waitpid(pid, 0)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0)
    assert os.waitstatus_to_exitcode(status) in (-signal.SIGTERM, 128 + signal.SIGTERM)
    assert not path.exists()


def test_d_fails_in_the_foreground_when_it_cannot_listen(file, echo_server):
    answer = run("-D", "-f", file(config("127.0.0.1:9", bind=echo_server.address)))

    assert answer.returncode == 1
    assert echo_server.address in answer.stderr


def test_db_stays_in_the_foreground(tidegate, echo_server):
    daemon = tidegate(config(echo_server), "-db")

    assert daemon.process.poll() is None


def test_several_files_are_one_configuration(start, file, echo_server):
    plain = config(echo_server)
    frontends = file({"frontends": plain.pop("frontends")}, "frontends.yaml")
    rest = file(plain, "rest.yaml")
    daemon = start(None, "-f", str(rest), "-f", str(frontends)).wait_ready()

    with daemon.connect() as client:
        client.sendall(b"hello")
        assert read_exactly(client, 5) == b"hello"


def test_a_directory_is_read_in_c_order(start, file, tmp_path, echo_server):
    plain = config(echo_server)
    (tmp_path / "conf.d").mkdir()
    file({"frontends": plain.pop("frontends")}, "conf.d/20-web.yml")
    file(plain, "conf.d/10-rest.yaml")
    file("not: [yaml", "conf.d/README.md")
    file("not: [yaml", "conf.d/.hidden.yaml")
    daemon = start(None, "-f", str(tmp_path / "conf.d")).wait_ready()

    with daemon.connect() as client:
        client.sendall(b"hello")
        assert read_exactly(client, 5) == b"hello"


def test_a_name_in_two_files_is_a_mistake_that_names_both(file):
    first = file(GOOD, "a.yaml")
    second = file({"backends": GOOD["backends"]}, "b.yaml")

    answer = run("-c", "-f", first, "-f", second)

    assert answer.returncode == 1
    assert "a.yaml" in answer.stderr and "b.yaml:" in answer.stderr
