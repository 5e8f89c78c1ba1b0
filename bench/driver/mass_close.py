"""How long do others wait while 5,000 sessions end with their server? Run by scripts/bench-mass-close (bench/README.md).

One process holds the sessions on both sides and never looks at them, so that it takes no time while they are shut.
Their server's check then fails, and tidegate-load makes round trips to another server on the same worker, in a window
that lies within the shutting. A round where it does not is left out.
"""

import argparse
import json
import multiprocessing
import os
import socket
import statistics
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from . import machine
from .checks import Proxy, free_ports

INTERVAL = 0.02  # seconds, of the check
WARMUP = 0.1
REST = 1  # before a load: what else the machine does has its share, and so does not ask for it in the window
PRIORITY = 5  # of proxy and load; this process, which has to be in time, has one more
CLOSE_WAIT = 8  # of struct tcp_info: a state
LAST_ACK_RECV = 56  # where struct tcp_info says how many ms ago the peer's last segment came


class Holder:
    """Sessions and their server. A process of its own answers what is asked here."""

    def __init__(self, count: int):
        self._pipe, other = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=self._serve, args=(other, count), daemon=True)
        self._process.start()
        self.port = self._pipe.recv()

    def ask(self, question: str, *arguments):
        self._pipe.send((question, *arguments))
        return self._pipe.recv()

    @staticmethod
    def _serve(pipe, count: int):
        server = socket.create_server(("127.0.0.1", 0))
        pipe.send(server.getsockname()[1])
        clients, accepted = [], []
        while True:
            question, *arguments = pipe.recv()
            if question == "open":
                for i in range(count):
                    address = ("127.0.0.1", arguments[0])
                    clients.append(socket.create_connection(address, source_address=(f"127.0.1.{1 + i % 250}", 0)))
                    accepted.append(server.accept()[0])
                pipe.send(count)
            else:
                while not all(map(Holder._is_shut, clients)):
                    time.sleep(0.3)
                told = sorted(map(Holder._last_heard, clients))
                for end in clients + accepted:  # a reset, so that no port is left in TIME_WAIT
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.close()
                clients, accepted = [], []
                pipe.send((told[0], told[-1]))

    @staticmethod
    def _is_shut(client: socket.socket) -> bool:
        return client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == CLOSE_WAIT

    @staticmethod
    def _last_heard(client: socket.socket) -> float:
        """Of a client that was shut: when the FIN came, to some 4 ms."""
        told = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        return time.monotonic() - struct.unpack_from("I", told, LAST_ACK_RECV)[0] / 1000


class Checked:
    """What the check asks. Nothing listens while it is down."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.address = self._listener.getsockname()

    def wait_until_asked(self):
        """Twice: the server is up then."""
        for _ in range(2):
            self._listener.accept()[0].close()

    def down(self):
        self._listener.close()

    def up(self):
        self._listener = socket.create_server(self.address, backlog=4096)


def configuration(sessions: int, held: Holder, checked: Checked, ports: tuple[int, int, int]) -> str:
    return (f"global: {{threads: 1, maxconn: {sessions + 200}, log: stdout}}\n"
            "defaults: {timeouts: {connect: 5s, client: 10m, server: 10m}}\n"
            f"frontends:\n  web: {{bind: '127.0.0.1:{ports[0]}', backend: app}}\n"
            f"  many: {{bind: '127.0.0.1:{ports[2]}', backend: many}}\n"
            f"backends:\n  app: {{servers: {{s1: '127.0.0.1:{ports[1]}'}}}}\n"
            f"  many: {{servers: {{s1: {{address: '127.0.0.1:{held.port}', on_marked_down: shutdown_sessions,\n"
            f"    check: {{kind: tcp, port: {checked.address[1]}, interval: {round(1000 * INTERVAL)}ms, fall: 1, rise: 1}}}}}}}}\n")


class Load:
    """tidegate-load beside this process, for one window."""

    def __init__(self, proxy: Proxy, core: int, ports, arguments: list[str], window: float):
        command = [str(machine.BUILD / "bench/tidegate-load"), "--proxy", f"127.0.0.1:{ports[0]}",
                   "--server", f"127.0.0.1:{ports[1]}", "--pid", str(proxy.pid), *arguments,
                   "--warmup", str(round(1000 * WARMUP)), "--window", str(round(1000 * window))]
        time.sleep(REST)
        self.begun = time.monotonic()
        self._process = subprocess.Popen(machine.pinned(core, command), stdout=subprocess.PIPE, text=True,
                                         preexec_fn=lambda: machine.go_at_once(PRIORITY))

    def result(self) -> dict:
        told, _ = self._process.communicate()
        result = json.loads(told)
        if result["failures"] or not result["settled"]:
            raise machine.Failed(f"round trips did not go on: {told}")
        return result


def median(results: list[dict], what: str) -> float:
    return statistics.median(result["round_trip_us"][what] for result in results)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--round-trips", type=int, default=50, metavar="N", help="sessions that make them (50)")
    parser.add_argument("--rate", type=int, default=2_000, help="messages a second over all of them (2000)")
    parser.add_argument("--window", type=float, default=0.4, help="seconds (0.4)")
    asked = parser.parse_args()
    machine.go_at_once(PRIORITY)
    machine.raise_descriptor_limit()
    core, other = machine.cores()
    os.sched_setaffinity(0, {other})
    ports = (*free_ports(), free_ports()[0])
    held, checked = Holder(asked.sessions), Checked()
    arguments = ["--round-trips", str(asked.round_trips), "--rate", str(asked.rate)]
    rest, shutting, seconds = [], [], []
    print(f"load average at the start: {os.getloadavg()[0]:.2f}")
    with tempfile.TemporaryDirectory() as name:
        proxy = Proxy(Path(name), core, configuration(asked.sessions, held, checked, ports))
        machine.go_at_once(PRIORITY + 1)
        lead = WARMUP  # from the start of the load to its window
        for _ in range(asked.rounds):
            checked.wait_until_asked()
            held.ask("open", ports[2])
            at_rest = Load(proxy, other, ports, arguments, asked.window).result()
            load = Load(proxy, other, ports, arguments, asked.window)
            time.sleep(lead - 3 * INTERVAL)
            checked.down()
            result = load.result()
            first, last = held.ask("end")
            checked.up()
            begin = result["began"]
            lead = begin - load.begun
            within = first <= begin and begin + result["seconds"] <= last
            print(f"shut in {last - first:.3f} s, window from {begin - first:+.3f} s"
                  f"{'' if within else ', not within: left out'}: {result['round_trip_us']}; "
                  f"at rest {at_rest['round_trip_us']}", flush=True)
            if within:
                rest.append(at_rest)
                shutting.append(result)
                seconds.append(last - first)
        proxy.stop()
    if not shutting:
        raise machine.Failed("no window lay within the shutting")
    print(f"{len(shutting)} rounds, {asked.sessions} sessions shut in {statistics.median(seconds):.2f} s")
    for what in ("p50", "p99", "p999"):
        factor = statistics.median(s["round_trip_us"][what] / r["round_trip_us"][what] for r, s in zip(rest, shutting))
        print(f"round trip {what}: {median(rest, what):.0f} us at rest, {median(shutting, what):.0f} us beside the "
              f"shutting, factor {factor:.2f}")


if __name__ == "__main__":
    main()
