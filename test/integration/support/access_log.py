"""Access lines in tcplog layout, read back into fields."""

import re
from dataclasses import dataclass

LINE = re.compile(
    r"^(?P<client>\S+) \[(?P<date>[^\]]+)\] (?P<frontend>\S+) (?P<backend>[^/ ]+)/(?P<server>\S+) "
    r"(?P<queue>-?\d+)/(?P<connect>-?\d+)/(?P<total>\d+) (?P<bytes>\d+) (?P<code>\S\S) "
    r"(?P<process_sessions>\d+)/(?P<frontend_sessions>\d+)/(?P<backend_sessions>\d+)/"
    r"(?P<server_sessions>\d+)/(?P<retries>\+?\d+) (?P<server_queue>\d+)/(?P<backend_queue>\d+)$")


@dataclass
class Access:
    client: str
    date: str
    frontend: str
    backend: str
    server: str
    queue: int
    connect: int
    total: int
    bytes: int
    code: str
    process_sessions: int
    frontend_sessions: int
    backend_sessions: int
    server_sessions: int
    retries: str  # "+1" when the last attempt went to another server
    server_queue: int
    backend_queue: int


def parse_access(line: str) -> Access | None:
    match = LINE.match(line)
    if match is None:
        return None
    kinds = Access.__annotations__
    return Access(**{name: kinds[name](text) for name, text in match.groupdict().items()})
