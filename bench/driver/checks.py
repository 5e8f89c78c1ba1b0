"""What do checks of many servers cost, and are they in time? Run by scripts/bench-checks (bench/README.md).

The servers are addresses of 127.0.0.0/8 with one listener behind all of them, which notes when each is checked:
what a check comes later than its interval after the one before it is its lateness, the listener's own included.
"""

import argparse
import json
import os
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from . import machine

INTERVAL = 5  # seconds


def address(number: int) -> str:
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


class Servers(threading.Thread):
    """Accepts and closes, whatever address is meant."""

    def __init__(self):
        super().__init__(daemon=True)
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("0.0.0.0", 0))
        self._listener.listen(65_535)
        self.port = self._listener.getsockname()[1]
        self._last = {}
        self.begin()

    def begin(self):
        """Of a window."""
        self.count = 0
        self.late = []  # ms

    def run(self):
        while True:
            connection, _ = self._listener.accept()
            now = time.monotonic()
            try:
                host = connection.getsockname()[0]
            finally:
                connection.close()
            if host in self._last:
                self.late.append((now - self._last[host] - INTERVAL) * 1000)
            self._last[host] = now
            self.count += 1


class Proxy:
    """One worker, alone on its core."""

    def __init__(self, directory: Path, core: int, text: str):
        file = directory / "tidegate.yaml"
        file.write_text(text)
        self._log = directory / "log"
        self._err = open(directory / "err", "w+", encoding="utf-8")
        program = os.environ.get("TIDEGATE", str(machine.BUILD / "tidegate"))
        command = machine.pinned(core, [program, "-f", str(file)])
        begin = time.monotonic()
        self._process = subprocess.Popen(command, stdout=open(self._log, "w", encoding="utf-8"), stderr=self._err)
        self.pid = self._process.pid
        while "ready:" not in self._told():
            if self._process.poll() is not None:
                raise machine.Failed(self._told()[-500:])
            time.sleep(0.02)
        self.seconds_to_start = time.monotonic() - begin

    def _told(self) -> str:
        return Path(self._err.name).read_text(encoding="utf-8")

    def memory(self) -> int:
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii")
        return 1024 * int(next(line for line in rollup.splitlines() if line.startswith("Anonymous:")).split()[1])

    def cpu(self) -> float:
        files = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(file.read_text(encoding="ascii").split()[0]) for file in files) / 1e9

    def down(self) -> int:
        return self._log.read_text(encoding="utf-8").count(" is DOWN")

    def stop(self) -> int:
        """How many checks it could not make in time."""
        self._process.terminate()
        self._process.wait(30)
        told = [line for line in self._told().splitlines() if "checks could not be made in time" in line]
        return int(told[0].split(": ")[-1].split()[0]) if told else 0


def configuration(count: int, port: int, checked: bool, proxy_port: int, load_port: int) -> str:
    check = f"    check: {{kind: tcp, interval: {INTERVAL}s}}\n" if checked else ""
    servers = "".join(f"      s{i}: {address(i)}:{port}\n" for i in range(count))
    return (f"global: {{threads: 1, maxconn: 400, log: {{to: stdout, level: notice}}}}\n"
            f"frontends:\n  web: {{bind: '127.0.0.1:{proxy_port}', backend: app}}\n"
            f"backends:\n  app: {{servers: {{s1: '127.0.0.1:{load_port}'}}}}\n"
            f"  many:\n{check}    servers:\n{servers}")


def free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def time_waits(port: int) -> int:
    told = subprocess.run(["ss", "-Htan", "state", "time-wait", f"( dport = :{port} or sport = :{port} )"],
                          capture_output=True, text=True, check=True)
    return len(told.stdout.splitlines())


def window(proxy: Proxy, servers: Servers, seconds: float) -> dict:
    servers.begin()
    cpu = proxy.cpu()
    begin = time.monotonic()
    time.sleep(seconds)
    late = sorted(servers.late)
    return {"checks a second": round(servers.count / (time.monotonic() - begin)),
            "CPU share": f"{(proxy.cpu() - cpu) / (time.monotonic() - begin):.1%}",
            "lateness ms p50": round(late[len(late) // 2], 1), "p99": round(late[len(late) * 99 // 100], 1),
            "worst": round(late[-1], 1), "servers DOWN": proxy.down(), "TIME_WAIT": time_waits(servers.port)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, default=20_000)
    parser.add_argument("--window", type=float, default=20, help="seconds (20)")
    asked = parser.parse_args()
    machine.go_first()
    machine.raise_descriptor_limit()
    core, other = machine.cores()
    os.sched_setaffinity(0, {other})
    servers = Servers()
    servers.start()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        ports = free_ports()

        def start(checked: bool) -> Proxy:
            return Proxy(directory, core, configuration(asked.servers, servers.port, checked, *ports))

        print(f"load average at the start: {os.getloadavg()[0]:.2f}")
        plain = start(checked=False)
        without = plain.memory()
        plain.stop()
        proxy = start(checked=True)
        print(f"seconds to start: {proxy.seconds_to_start:.2f} with checks, {plain.seconds_to_start:.2f} without")
        time.sleep(2 * INTERVAL + 1)
        print(f"memory: {proxy.memory() / 1e6:.1f} MB, {without / 1e6:.1f} MB without checks, "
              f"{(proxy.memory() - without) / asked.servers:.0f} bytes a check")
        print("alone:", json.dumps(window(proxy, servers, asked.window)))
        load = [str(machine.BUILD / "bench/tidegate-load"), "--proxy", f"127.0.0.1:{ports[0]}",
                "--server", f"127.0.0.1:{ports[1]}", "--pid", str(proxy.pid),
                "--round-trips", "200", "--connects", "32", "--window", str(int(1000 * (asked.window + 4)))]
        beside = subprocess.Popen(machine.pinned(other, load), stdout=subprocess.PIPE, text=True)
        time.sleep(2)
        print("beside a saturated data path:", json.dumps(window(proxy, servers, asked.window)))
        print("the data path:", beside.communicate()[0].strip())
        print("checks that were repeated:", proxy.stop())


if __name__ == "__main__":
    main()
