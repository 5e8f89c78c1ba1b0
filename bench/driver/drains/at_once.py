"""Does anything reach a server after the reply of `drain` and before `ready`?"""

import contextlib
import multiprocessing
import socket
import struct
import threading
import time
from pathlib import Path

from support.programs import die_with_parent

from .gate import DRAINED, OVER, Gate
from .measures import Measures, say

RESET = struct.pack("ii", 1, 0)
AT_A_TIME = 8
PAUSE = 0.015


class Connects:
    """So many a second from a process of its own."""

    def __init__(self, endpoint, rate: int):
        self._pipe, other = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=self._load, args=(other, endpoint, rate), daemon=True)
        self._process.start()

    def stop(self) -> dict[str, int]:
        self._pipe.send(None)
        found = self._pipe.recv()
        self._process.join()
        return found

    @staticmethod
    def _load(pipe, endpoint, rate: int):
        die_with_parent()
        counts = [{"answered": 0, "refused": 0, "unanswered": 0} for _ in range(AT_A_TIME)]
        stopping = threading.Event()

        def connect(count):
            due = time.monotonic()
            while not stopping.is_set():
                due = max(due + AT_A_TIME / rate, time.monotonic() - 1)
                time.sleep(max(0.0, due - time.monotonic()))
                try:
                    client = socket.create_connection(endpoint, 30)
                except OSError:
                    count["refused"] += 1
                    continue
                with client:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)  # no port stays in TIME_WAIT
                    try:
                        client.sendall(b"x")
                        count["answered" if client.recv(1) else "unanswered"] += 1
                    except OSError:
                        count["unanswered"] += 1

        threads = [threading.Thread(target=connect, args=(count,)) for count in counts]
        for thread in threads:
            thread.start()
        pipe.recv()
        stopping.set()
        for thread in threads:
            thread.join()
        pipe.send({what: sum(count[what] for count in counts) for what in counts[0]})


def at_once(rival, directory: Path, quick: bool) -> Measures:
    pairs = 50 if quick else 1_000
    gate = Gate()
    with contextlib.ExitStack() as ends:
        proxy = rival(directory, [f"127.0.0.1:{port}" for port in gate.ports])
        ends.callback(proxy.close)
        begin = time.monotonic()
        loads = [Connects(proxy.endpoint, 1_000) for _ in range(2)]
        time.sleep(1)
        for number in range(pairs):
            proxy.shut_out("s1")
            gate.mark(DRAINED)
            time.sleep(PAUSE)
            gate.mark(OVER)
            proxy.state("s1", "ready")
            time.sleep(PAUSE)
            if number % 100 == 99:
                say(f"  {proxy.name}: pair {number + 1} of {pairs}")
        counts = [load.stop() for load in loads]
        seconds = time.monotonic() - begin
    told = gate.result()
    found = Measures()
    answered = sum(count["answered"] for count in counts)
    found.tell("connects answered; a second", answered, round(answered / seconds))
    found.none("accepted after the reply and before `ready`", told["late"])
    found.none("failed", sum(count["refused"] + count["unanswered"] for count in counts))
    found.promise(told["marks"] == 2 * pairs, "marks were lost")
    found.promise(told["accepted"] > pairs, "hardly anybody came")
    return found
