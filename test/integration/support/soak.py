"""Years of a proxy in minutes: visits of every kind in rounds, and at rest nothing is left of any of them.

A round is some thousand visits, most of them short, some large, some that end as nobody would wish, while a few
hundred sessions are held and peers are killed. After each, the daemon must be at rest: the descriptors it had at
its start, one log line for every visit with a code that this kind of visit may have, and from the second round on
no more memory than after the first, which comes after one that has warmed it up.
"""

import functools
import random
import resource
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from support.access_log import parse_access
from support.daemon import Daemon
from support.peers import CrowdServer, FullBacklog, Listener, Refuser, Server, resets
from support.programs import Program, free_port
from support.settings import sanitized
from support.sockets import connect, read_all, read_exactly
from support.streams import in_background
from support.visits import KINDS, be_refused, breaks_off, ferry
from support.wait import wait_until
from support.ways import written

CALLERS = 8        # threads that visit
HELD = 200         # sessions that stay through a round
VICTIMS = 20       # sessions of each peer that is killed
SILENCE = 1        # seconds until a silent client is sent away
WARM_UP = 10_000   # visits before all: by then each worker has been once around its log ring of 4,096 records
SLACK = 256 << 10  # bytes by which an allocator may differ from round to round


@dataclass(frozen=True)
class Rest:
    """A daemon with nothing to do."""

    sockets: int
    pipes: int
    descriptors: int
    memory: int  # anonymous bytes


class Soak:
    """One daemon and its peers. Used as a context: they are there from entering to leaving it."""

    def __init__(self, directory: Path, visits_a_round: int, say=print):
        self._directory = directory
        self._visits_a_round = visits_a_round
        self._say = say
        self._begin = time.monotonic()
        self._lock = threading.Lock()
        self._visits = Counter()  # by frontend
        self._done = 0            # of the random ones of this round
        self._peers = []
        self._log = directory / "access.log"
        self._read = 0  # bytes of it
        self._codes = {name: Counter() for name in KINDS}

    def __enter__(self) -> "Soak":
        self._victim_port = free_port()
        self.daemon = Daemon(self._directory, self._configuration()).wait_ready()
        return self

    def __exit__(self, *_):
        try:
            self.daemon.end()
        finally:
            for peer in self._peers:
                peer.close()

    def connect(self, name: str):
        with self._lock:
            self._visits[name] += 1
        return connect(random.choice(self.daemon.addresses(name)), timeout=30)

    # ---- what is visited

    def _peer(self, kind, *arguments) -> str:
        self._peers.append(kind(*arguments))
        return self._peers[-1].address

    def _configuration(self) -> dict:
        echo = self._peer(CrowdServer)
        refuses = self._peer(Refuser)
        self._one_slot = Listener()
        self._peers.append(self._one_slot)
        servers = {
            "bulk": self._peer(Server, ferry),
            "is_reset": self._peer(Server, resets),
            "is_reset_in_bulk": self._peer(Server, breaks_off),
            "is_refused": refuses,
            "leaves_connecting": self._peer(FullBacklog),
            "leaves_the_queue": {"address": self._one_slot.address, "maxconn": 1},
            "server_killed": f"127.0.0.1:{self._victim_port}",
        }
        servers["resets_in_bulk"] = servers["bulk"]
        backends = {name: {"servers": {"s1": servers.get(name, echo)}, "retries": 0} for name in KINDS}
        backends["is_sent_elsewhere"] = {"servers": {"gone": refuses, "here": echo}, "retries": 3}
        frontends = {name: {"bind": ["127.0.0.1:0", "[::1]:0", f"unix:{self._directory}/{name}.sock"], "backend": name,
                            "max_per_source": 10_000}
                     for name in KINDS}
        frontends["is_silent"]["timeouts"] = {"client": f"{SILENCE}s"}
        for name in ("resets", "resets_in_bulk", "is_reset", "is_reset_in_bulk"):
            frontends[name]["bind"].pop()  # a UNIX socket can be closed, and that is all
        return {"global": {"threads": 2, "log": str(self._log)},
                "defaults": {"timeouts": {"connect": "30s", "idle": "2m", "queue": "2m"}},
                "frontends": frontends, "backends": backends}

    # ---- the visits

    def run(self, seconds: float, least_visits: int):
        """Rounds until the time is over and there were enough visits; then everything ends."""
        start = self._rest()
        self._say(f"at the start: {describe(start)}")
        if not sanitized():  # their memory tells nothing
            self._visit_all(0, ["is_refused"] * WARM_UP)
        rests = []
        while len(rests) < 4 or time.monotonic() - self._begin < seconds or self._visits.total() < least_visits:
            self._round(len(rests))
            rests.append(self._come_to_rest(start))
            self._say(f"{self._clock()}  round {len(rests) - 1 or '0, to warm up'}: at rest after "
                      f"{self._visits.total():,} visits: {describe(rests[-1])}")
        if not sanitized():
            most = rests[1].memory + SLACK
            assert all(rest.memory <= most for rest in rests[2:]), f"memory grows: {[rest.memory for rest in rests]}"
        self._stop()

    def _round(self, number: int):
        weights = [kind.share for kind in KINDS.values()]
        names = random.Random(number).choices(list(KINDS), weights, k=self._visits_a_round)
        held = [self.connect("held") for _ in range(HELD)]
        in_the_slot = self.connect("leaves_the_queue")
        its_server = self._one_slot.accept()
        killed = in_background(self._kill_some)
        self._visit_all(number, names)
        killed.result()
        for client in held:
            client.sendall(b"still here")
            assert read_exactly(client, 10) == b"still here"
            client.close()
        in_the_slot.close()
        its_server.close()

    def _visit_all(self, number: int, names: list[str]):
        self._done = 0
        callers = [in_background(self._call, names[i::CALLERS], i) for i in range(CALLERS)]
        told = time.monotonic()
        while not all(caller.done() for caller in callers):
            time.sleep(0.05)
            if time.monotonic() - told >= 5:
                told = time.monotonic()
                self._say(f"{self._clock()}  round {number}: {self._done:,} of {len(names):,} visits, memory "
                          f"{self.daemon.anonymous_memory() / 1024:,.0f} KiB")
        for caller in callers:
            caller.result()

    def _call(self, names: list[str], seed: int):
        dice = random.Random(seed)
        for name in names:
            try:
                KINDS[name].visit(self.connect, name, dice)
            except Exception as error:
                raise AssertionError(f"a visit of the kind {name} failed: {error!r}") from error
            with self._lock:
                self._done += 1

    def _victim(self, *arguments) -> Program:
        victim = Program([sys.executable, "-m", "support.victim", *arguments], cwd=Path(__file__).parents[1])
        victim.out.wait_for("^busy$", 30)
        return victim

    def _kill_some(self):
        """A client; and a server, whose clients learn it, and who comes later is refused."""
        with self._lock:
            self._visits["client_killed"] += VICTIMS
        self._victim("call", written(random.choice(self.daemon.addresses("client_killed"))), VICTIMS).kill()
        victim = self._victim("serve", "127.0.0.1", self._victim_port)
        clients = [self.connect("server_killed") for _ in range(VICTIMS)]
        for client in clients:
            client.sendall(b"hello")
            assert read_exactly(client, 5) == b"hello"
        victim.kill()
        for client in clients:
            with client:
                assert read_all(client) == b""
        be_refused(self.connect, "server_killed", None)

    # ---- at rest

    def _rest(self) -> Rest:
        return Rest(self.daemon.open_files("socket:"), self.daemon.open_files("pipe:"), self.daemon.open_files(),
                    self.daemon.anonymous_memory())

    def _come_to_rest(self, start: Rest) -> Rest:
        wait_until(lambda: self._lines() >= self._visits.total(), 60, "every visit has its line")
        wait_until(lambda: self.daemon.open_files("socket:") <= start.sockets, 20, "its sockets are closed")
        rest = self._rest()
        same = (rest.sockets, rest.pipes, rest.descriptors) == (start.sockets, start.pipes, start.descriptors)
        assert same, f"at rest: {describe(rest)}; at the start: {describe(start)}"
        for name, kind in KINDS.items():
            assert self._codes[name].total() == self._visits[name], f"{name}: {self._codes[name]}, {self._visits}"
            assert self._codes[name].keys() <= kind.codes, f"{name}: {self._codes[name]}"
        return rest

    def _lines(self) -> int:
        """Reads on in the log; answers how many lines it has now."""
        with self._log.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                record = parse_access(line.decode().rstrip())
                assert record, line
                self._codes[record.frontend][record.code] += 1
        return sum(codes.total() for codes in self._codes.values())

    def _stop(self):
        status = self.daemon.stop(signal.SIGUSR1, 30)
        assert status == 0, f"it ended with {status}"
        assert self.daemon.sessions() == self._visits.total() == self._lines()
        held = self.daemon.held()
        assert not any(held.values()), f"held at the end: {held}"
        self._say(f"{self._clock()}  {self._visits.total():,} visits; nothing is held: {held}")
        for name, codes in self._codes.items():
            self._say(f"    {name:18} {codes.total():8,}  {dict(codes)}")

    def _clock(self) -> str:
        return f"{time.monotonic() - self._begin:5.0f} s"


def describe(rest: Rest) -> str:
    return (f"{rest.sockets} sockets, {rest.pipes} ends of pipes, {rest.descriptors} descriptors in all, "
            f"{rest.memory / 1024:,.0f} KiB of memory")


def main(seconds: float, visits: int, visits_a_round: int = 10_000):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="tidegate-soak-") as directory:
        with Soak(Path(directory), visits_a_round, say=functools.partial(print, flush=True)) as soak:
            try:
                soak.run(seconds, visits)
            except AssertionError:
                print(*soak.daemon.err.all()[-40:], sep="\n")
                raise
    print("passed")


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
