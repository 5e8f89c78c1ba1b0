"""A runtime API as a test wants it: answers by rules, and the commands that it has been asked."""

import contextlib
import json
import os
import re
import socketserver
import threading

SEVERITY = "set severity-output number;"


class Admin:
    """Listens on a UNIX socket at `path`, or on a port of loopback where there is none.

    Answers are texts, or callables of the match that answer one. An error is `error("...")`.
    """

    def __init__(self, path=None):
        self.commands = []
        self._rules = []
        admin = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                line = self.rfile.readline().decode().rstrip("\n")
                if not line.startswith(SEVERITY):
                    return
                command = line.removeprefix(SEVERITY)
                admin.commands.append(command)
                with contextlib.suppress(BrokenPipeError):  # who asked may not wait for the answer
                    self.wfile.write(f"\n{admin._answer(command)}\n\n".encode())

        class Unix(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True

        class Tcp(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self._server = Unix(str(path), Handler) if path else Tcp(("127.0.0.1", 0), Handler)
        self.socket = str(path) if path else f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def answers(self, pattern: str, *answers) -> "Admin":
        """The answers to commands that match as a whole, in turn; the last one from then on."""
        self._rules.insert(0, (re.compile(pattern), list(answers)))
        return self

    def _answer(self, command: str) -> str:
        for pattern, answers in self._rules:
            if match := pattern.fullmatch(command):
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                return answer(match) if callable(answer) else answer
        return f"[6]: Unknown command: '{command}'\n  help"

    def asked(self, word: str) -> list[str]:
        return [command for command in list(self.commands) if command.startswith(word)]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if isinstance(self._server.server_address, str) and os.path.exists(self._server.server_address):
            os.unlink(self._server.server_address)


def error(text: str) -> str:
    return f"[3]: {text}"


def stat(*rows: dict) -> str:
    """An answer to `show stat` with the columns that the rows have."""
    columns = ["pxname", "svname", *sorted({key for row in rows for key in row} - {"pxname", "svname"})]
    lines = ["# " + ",".join(columns) + ","]
    lines += [",".join(str(row.get(column, "")) for column in columns) + "," for row in rows]
    return "\n".join(lines)


def fleet(*servers: str, frontend: str = "web", backend: str = "app", sessions: int = 0) -> str:
    """`show stat` of a frontend before a backend with these servers, all up."""
    return stat({"pxname": frontend, "svname": "FRONTEND", "type": 0, "status": "OPEN", "scur": sessions},
                *({"pxname": backend, "svname": server, "type": 2, "status": "UP", "weight": 10, "scur": sessions,
                   "check_status": "L4OK"} for server in servers),
                {"pxname": backend, "svname": "BACKEND", "type": 1, "status": "UP", "scur": sessions})


def drains(*some: dict) -> str:
    """An answer to `drains json`."""
    return json.dumps({"drains": [{
        "mode": "natural", "state": "draining", "started": "2026-11-29T14:00:00.000Z", "age_ms": 1000,
        "deadline_ms": None, "quiet_ms": 250, "pace": None, "sessions_at_start": 100, "sessions": 0,
        "closed": {"quiet": 0, "answered": 0, "still": 0, "forced": 0, **one.pop("closed", {})},
        "ended": 0, "moved": 0, "raced": 0, "raced_bytes": 0, "oldest_ms": None, "youngest_ms": None,
        "estimate_ms": None, "curve": [[0, 100]], **one} for one in some]})
