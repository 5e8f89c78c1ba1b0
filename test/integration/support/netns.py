"""Two hosts in one machine: network namespaces joined by a cable that can be pulled.

The namespaces have no name and no file: they end with the last descriptor and process in them, so a test run
leaves nothing behind, however it ends.
"""

import contextlib
import ctypes
import os
from pathlib import Path

import pytest

from support.programs import run

CLONE_NEWNET = 0x40000000
THIS_THREAD = "/proc/thread-self/ns/net"
libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace: int):
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def isolate():
    """The whole process gets a namespace of its own, with a loopback interface: nobody else uses its ports."""
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    run(["ip", "link", "set", "lo", "up"])


class Host:
    """One namespace: what is made inside() belongs to it for good, be it a socket or a process."""

    def __init__(self, number: int):
        self.ipv4 = f"10.203.0.{number}"
        self.ipv6 = f"fd00:203::{number}"
        self._cable = f"cable{number}"
        with contextlib.ExitStack() as back:
            home = os.open(THIS_THREAD, os.O_RDONLY)
            back.callback(os.close, home)
            if libc.unshare(CLONE_NEWNET) != 0:
                pytest.skip("may make no network namespaces: run as root, or with CAP_SYS_ADMIN and CAP_NET_ADMIN")
            back.callback(enter, home)
            self._namespace = os.open(THIS_THREAD, os.O_RDONLY)
            run(["ip", "link", "set", "lo", "up"])

    @contextlib.contextmanager
    def inside(self):
        """The calling thread is on this host meanwhile; the others stay where they are."""
        home = os.open(THIS_THREAD, os.O_RDONLY)
        try:
            enter(self._namespace)
            try:
                yield self
            finally:
                enter(home)
        finally:
            os.close(home)

    def path(self) -> str:
        return f"/proc/{os.getpid()}/fd/{self._namespace}"

    def ip(self, *arguments):
        with self.inside():
            run(["ip", *arguments])

    def plug_in(self, mtu: int):
        self.ip("link", "set", self._cable, "mtu", mtu, "up")
        self.ip("address", "add", f"{self.ipv4}/30", "dev", self._cable)
        if mtu >= 1280:  # the least that IPv6 lives on
            self.ip("address", "add", f"{self.ipv6}/64", "dev", self._cable, "nodad")

    def tune(self, name: str, value):
        """Sets a net.* variable of this host."""
        with self.inside():
            Path("/proc/sys/net", *name.split(".")).write_text(str(value))

    def pull_the_cable(self):
        """Nothing arrives, from now on, and nobody is told."""
        self.ip("link", "set", self._cable, "down")

    def put_it_back(self):
        self.ip("link", "set", self._cable, "up")

    def close(self):
        os.close(self._namespace)


class Network:
    """Two hosts and the cable between them."""

    def __init__(self, mtu: int = 1500):
        with contextlib.ExitStack() as ends:
            self.near = Host(1)
            ends.callback(self.near.close)
            self.far = Host(2)
            ends.callback(self.far.close)
            self.near.ip("link", "add", "cable1", "type", "veth", "peer", "name", "cable2",
                         "netns", self.far.path())
            self.near.plug_in(mtu)
            self.far.plug_in(mtu)
            self._ends = ends.pop_all()

    def close(self):
        self._ends.close()
