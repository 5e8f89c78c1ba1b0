"""Run as a program: a client or a server that is busy until somebody kills it.

    victim.py serve HOST PORT         answers everything that it is told
    victim.py call ADDRESS COUNT      speaks without a pause on COUNT connections
"""

import signal
import sys

from support.peers import CrowdServer
from support.sockets import connect, parse_endpoint, read_exactly


def serve(host: str, port: str):
    CrowdServer(host=host, port=int(port))
    print("busy", flush=True)
    signal.pause()


def call(address: str, count: str):
    clients = [connect(parse_endpoint(address)) for _ in range(int(count))]
    turn = 0
    while True:
        for client in clients:
            client.sendall(b"hello")
        for client in clients:
            read_exactly(client, 5)
        if (turn := turn + 1) == 1:
            print("busy", flush=True)


if __name__ == "__main__":
    {"serve": serve, "call": call}[sys.argv[1]](*sys.argv[2:])
