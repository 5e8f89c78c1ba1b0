"""A real OpenSSH is reached through the proxy, and rsync through that carries a tree unchanged."""

import getpass
import hashlib
import os
import random
from pathlib import Path

import pytest

from support.config import config
from support.programs import program, run
from support.settings import scaled
from support.ways import written

FILES = scaled(200, 30)
LARGE = scaled(16 << 20, 4 << 20)
SEPARATION = Path("/run/sshd")  # sshd of root wants it; otherwise its service makes it

SERVER = """\
ListenAddress {address}
HostKey {directory}/host_key
AuthorizedKeysFile {directory}/user_key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
"""


@pytest.fixture
def separation_directory():
    ours = os.geteuid() == 0 and not SEPARATION.exists()
    if ours:
        SEPARATION.mkdir(mode=0o755)
    yield
    if ours:
        SEPARATION.rmdir()


@pytest.fixture
def sshd(programs, tmp_path, way, separation_directory):
    """The address of one that lets in whoever runs the test, with tmp_path/user_key."""
    for name in ("host_key", "user_key"):
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name])
    place = way.place()
    file = tmp_path / "sshd_config"
    file.write_text(SERVER.format(directory=tmp_path, address=written(place)))
    programs("sshd", "-D", "-e", "-f", file, at=[place])
    return written(place)


def plant(directory: Path, seed: int):
    """Many small files, some large ones, a link, and directories."""
    dice = random.Random(seed)
    for number in range(FILES):
        file = directory / f"d{number % 7}" / f"e{number % 3}" / f"f{number}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(dice.randbytes(dice.randrange(40_000)))
    (directory / "large").write_bytes(dice.randbytes(LARGE))
    (directory / "link").symlink_to("large")


def contents(directory: Path) -> dict:
    def content(path: Path):
        if path.is_symlink():
            return os.readlink(path)
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None

    return {str(path.relative_to(directory)): content(path) for path in sorted(directory.rglob("*"))}


@pytest.mark.deadline(60)
@pytest.mark.parametrize("way, threads", [("ipv4", 1), ("ipv6", 2)], indirect=["way"])
def test_rsync_over_ssh_carries_a_tree_there_and_back(tidegate, sshd, way, threads, tmp_path):
    daemon = tidegate(config(sshd, bind=way.bind(), threads=threads))
    host, port = daemon.address()
    shell = (f"{program('ssh')} -F none -p {port} -i {tmp_path}/user_key -o BatchMode=yes -o StrictHostKeyChecking=no "
             "-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o RekeyLimit=8M")
    there = f"{getpass.getuser()}@[{host}]:{tmp_path}/there/"
    for name in ("here", "there", "back"):
        (tmp_path / name).mkdir()
    plant(tmp_path / "here", way.host.count(":"))

    run(["rsync", "-a", "-e", shell, f"{tmp_path}/here/", there])
    run(["rsync", "-a", "-e", shell, there, f"{tmp_path}/back/"])

    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert contents(tmp_path / "back") == contents(tmp_path / "here")
    assert [line.code for line in daemon.access(2)] == ["--", "--"]
