"""A bind with accept_proxy knows its clients by the PROXY protocol header that they begin with."""

import json
import signal

import pytest

from support.access_log import parse_access
from support.config import config
from support.proxy_protocol import AUTHORITY, LOCAL, SIGNATURE, UNIQUE_ID, read_v2, tlv, v1, v2
from support.sockets import connect, finish, read_all, read_exactly, reset, was_reset
from support.wait import Stopwatch, assert_fired, wait_until

NOT_A_HEADER = "Received something which does not look like a PROXY protocol header"
INVALID = "Received an invalid PROXY protocol header"
UNHANDLED = "Received an unhandled protocol in the PROXY protocol header"
TRUNCATED = "Truncated PROXY protocol header received"
CLOSED = "Connection closed while waiting for PROXY protocol header"
BROKEN = "Connection error while waiting for PROXY protocol header"
TIMEOUT = "Timeout while waiting for PROXY protocol header"


def accepting(servers, accept=True, frontend=None, timeouts=None, **options):
    bind = {"address": "127.0.0.1:0", "accept_proxy": accept}
    return config(servers, bind=bind, frontend=frontend, timeouts=timeouts, **options)


def error_of(daemon) -> str:
    """The one error line, without client and time."""
    line = daemon.out.wait_for(r"^127\.0\.0\.1:\d+ \[[^]]+\] web/1: (.*)$")
    return line[1]


HEADERS = {
    "v1": (v1("192.0.2.1", "198.51.100.1"), "192.0.2.1:1111"),
    "v1-ipv6": (v1("2001:db8::1", "2001:db8::2"), "2001:db8::1:1111"),
    "v2": (v2("192.0.2.1", "198.51.100.1"), "192.0.2.1:1111"),
    "v2-ipv6": (v2("2001:db8::1", "2001:db8::2"), "2001:db8::1:1111"),
    "v2-tlvs": (v2("192.0.2.1", "198.51.100.1", tlvs=tlv(4, b"x" * 3000)), "192.0.2.1:1111"),
}
WITHOUT_ADDRESSES = {
    "v1-unknown": b"PROXY UNKNOWN\r\n",
    "v1-unknown-and-more": b"PROXY UNKNOWN a b c d\r\n",
    "v2-local": v2(command=LOCAL),
    "v2-unspecified": v2(),
    "v2-unix": SIGNATURE + b"\x21\x31\x00\xd8" + bytes(216),
}


@pytest.mark.parametrize("name", HEADERS)
def test_the_client_is_the_one_that_the_header_tells(tidegate, echo_server, workers, name):
    header, client_name = HEADERS[name]
    daemon = tidegate(accepting(echo_server, threads=workers))

    with daemon.connect() as client:
        client.sendall(header + b"hello")
        assert read_exactly(client, 5) == b"hello"

    (line,) = daemon.access()
    assert (line.client, line.bytes, line.code) == (client_name, 5, "--")


@pytest.mark.parametrize("name", WITHOUT_ADDRESSES)
def test_a_header_without_addresses_leaves_the_connections_own(tidegate, echo_server, name):
    daemon = tidegate(accepting(echo_server))

    with daemon.connect() as client:
        host, port = client.getsockname()
        client.sendall(WITHOUT_ADDRESSES[name] + b"hello")
        assert read_exactly(client, 5) == b"hello"

    assert daemon.access()[0].client == f"{host}:{port}"


@pytest.mark.parametrize("name", ["v1", "v2", "v2-ipv6"])
def test_a_header_may_come_byte_by_byte(tidegate, server, name):
    header, client_name = HEADERS[name]
    daemon = tidegate(accepting(server))
    client = daemon.connect()

    for i in range(len(header)):
        client.sendall(header[i:i + 1])  # TCP_NODELAY: a segment each
    client.sendall(b"hello")
    connection = server.accept()

    assert read_exactly(connection, 5) == b"hello"
    client.close()
    connection.close()
    assert daemon.access()[0].client == client_name


def test_no_server_is_chosen_before_the_header_is_whole(tidegate, server):
    daemon = tidegate(accepting(server))
    header = v1("192.0.2.1", "198.51.100.1")
    client = daemon.connect()
    client.sendall(header[:-1])

    with daemon.connect() as other:  # of the same worker: what came before it is handled
        other.sendall(header)
        server.accept()
    assert server.waiting() == 0

    client.sendall(header[-1:])
    server.accept()


def test_what_follows_the_header_is_all_that_the_server_gets(tidegate, server):
    daemon = tidegate(accepting(server))
    data = bytes(range(256)) * 4096
    with daemon.connect() as client:
        client.sendall(v2("192.0.2.1", "198.51.100.1") + data)
        finish(client)

        assert read_all(server.accept()) == data


@pytest.mark.parametrize("header, error, code", [
    (b"GET / HTTP/1.1\r\n\r\n", NOT_A_HEADER, "PR"),
    (SIGNATURE + b"\x31\x11\x00\x0c" + bytes(12), NOT_A_HEADER, "PR"),
    (b"PROXY TCP4 192.0.2.1 198.51.100.1 1111\r\n", INVALID, "PR"),
    (b"PROXY TCP4 192.0.2.1 198.51.100.1 1111 99999\r\n", INVALID, "PR"),
    (b"PROXY UNKNOWN " + b"x" * 100, INVALID, "PR"),
    (SIGNATURE + b"\x21\x11\x00\x0b" + bytes(11), INVALID, "PR"),
    (v2("192.0.2.1", "198.51.100.1", tlvs=b"\x02\x00\x09short"), INVALID, "PR"),
    (v2("192.0.2.1", "198.51.100.1", tlvs=tlv(3, b"\0\0\0\0")), INVALID, "PR"),
    (b"PROXY UDP4 192.0.2.1 198.51.100.1 1111 80\r\n", UNHANDLED, "PR"),
], ids=["http", "version-3", "no-port", "port", "too-long", "too-short", "tlv", "checksum", "udp"])
def test_a_wrong_header_closes_the_connection_and_is_told(tidegate, server, tmp_path, header, error, code):
    file = tmp_path / "access.json"
    daemon = tidegate(accepting(server, log=["stdout", {"to": str(file), "format": "json"}]))
    client = daemon.connect()
    client.sendall(header)

    assert read_all(client) == b""

    assert error_of(daemon) == error
    wait_until(lambda: file.read_text(), what="a JSON line")
    told = json.loads(file.read_text())
    assert (told["termination"], told["handshake_error"], told["server"]) == (code, error, None)
    assert server.waiting() == 0
    daemon.stop()
    assert daemon.err.matching(r"worker 0: .* 1 handshakes failed")


@pytest.mark.parametrize("sent, end, error", [
    (b"", lambda client: client.close(), CLOSED),
    (b"PROXY TC", lambda client: client.close(), TRUNCATED),
    (SIGNATURE, lambda client: client.close(), TRUNCATED),
    (b"", reset, BROKEN),
], ids=["nothing", "part-of-v1", "part-of-v2", "reset"])
def test_a_client_that_leaves_before_its_header_is_whole_is_told(tidegate, server, sent, end, error):
    daemon = tidegate(accepting(server))
    client = daemon.connect()
    client.sendall(sent)

    end(client)

    assert error_of(daemon) == error


@pytest.mark.parametrize("sent", [b"", b"PROXY TCP4 192.0.2.1"], ids=["nothing", "a-part"])
def test_a_header_that_does_not_come_in_time_closes_the_connection(tidegate, server, sent):
    daemon = tidegate(accepting(server, timeouts={"client_hs": "1s"}))
    client = daemon.connect()
    watch = Stopwatch()
    client.sendall(sent)

    assert read_all(client) == b""

    assert_fired(watch.elapsed(), 1)
    assert error_of(daemon) == TIMEOUT


def test_only_listed_networks_send_a_header(tidegate, echo_server):
    daemon = tidegate(accepting(echo_server, accept=["127.0.0.2", "10.0.0.0/8"]))

    with daemon.connect(source="127.0.0.2") as proxy:
        proxy.sendall(v1("192.0.2.1", "198.51.100.1") + b"hello")
        assert read_exactly(proxy, 5) == b"hello"
    with daemon.connect(source="127.0.0.3") as client:
        client.sendall(b"PROXY")  # what anybody else says is his own
        assert read_exactly(client, 5) == b"PROXY"

    first, second = daemon.access(2)
    assert first.client == "192.0.2.1:1111"
    assert second.client.startswith("127.0.0.3:")


def test_a_unix_client_is_known_by_its_header(tidegate, echo_server, tmp_path):
    path = tmp_path / "web.sock"
    daemon = tidegate(config(echo_server, bind={"address": f"unix:{path}", "accept_proxy": True}))

    with connect(str(path)) as client:
        client.sendall(v2("192.0.2.1", "198.51.100.1") + b"hello")
        assert read_exactly(client, 5) == b"hello"

    assert daemon.access()[0].client == "192.0.2.1:1111"


def test_allow_and_deny_are_about_the_client_in_the_header(tidegate, echo_server):
    daemon = tidegate(accepting(echo_server, frontend={"allow": "192.0.2.0/24", "deny": "192.0.2.66"}))

    for source, let_in in [("192.0.2.1", True), ("192.0.2.66", False), ("198.51.100.7", False)]:
        with daemon.connect() as client:
            client.sendall(v1(source, "203.0.113.1") + b"x")
            if let_in:
                assert read_exactly(client, 1) == b"x"
            else:
                assert was_reset(client)

    daemon.stop()
    assert daemon.err.matching(r"worker 0: .* 2 clients refused")
    assert len([line for line in daemon.out.all() if parse_access(line)]) == 1


def test_a_client_that_is_written_as_ipv6_is_not_somebody_else(tidegate, echo_server):
    daemon = tidegate(accepting(echo_server, frontend={"deny": "192.0.2.0/24"}))

    for header in [v1("::ffff:192.0.2.1", "::ffff:203.0.113.1"), v2("::ffff:192.0.2.1", "::ffff:203.0.113.1")]:
        with daemon.connect() as client:
            client.sendall(header + b"x")
            assert was_reset(client)


@pytest.mark.parametrize("code, end", [("CD", reset), ("CQ", lambda client: client.close())], ids=["reset", "fin"])
def test_a_client_that_left_behind_its_header_does_not_wait_for_a_server(tidegate, server, code, end):
    servers = {"s1": {"address": server.address, "maxconn": 1}}
    daemon = tidegate(accepting(servers, timeouts={"queue": "1m"}))
    holder = daemon.connect()
    holder.sendall(v1("192.0.2.1", "198.51.100.1"))
    connection = server.accept()

    client = daemon.connect()
    client.sendall(v1("192.0.2.2", "198.51.100.1"))
    end(client)

    (line,) = daemon.access()
    assert (line.client, line.code) == ("192.0.2.2:1111", code)
    connection.close()


def test_max_per_source_counts_the_client_in_the_header(tidegate, echo_server):
    daemon = tidegate(accepting(echo_server, frontend={"max_per_source": 1}))

    def session(source):
        client = daemon.connect()
        client.sendall(v1(source, "203.0.113.1") + b"x")
        return client

    first = session("192.0.2.1")
    assert read_exactly(first, 1) == b"x"
    second = session("192.0.2.1")
    assert was_reset(second)
    third = session("192.0.2.2")
    assert read_exactly(third, 1) == b"x"
    first.close()
    daemon.access()
    fourth = session("192.0.2.1")
    assert read_exactly(fourth, 1) == b"x"


def test_a_soft_stop_waits_for_a_header_until_its_timeout(tidegate, server):
    daemon = tidegate(accepting(server, timeouts={"client_hs": "1s"}))
    client = daemon.connect()
    client.sendall(b"PROXY")

    assert daemon.stop(signal.SIGUSR1) == 0

    assert error_of(daemon) == TIMEOUT
    assert read_all(client) == b""


def test_what_a_proxy_told_is_told_on(tidegate, server):
    daemon = tidegate(accepting({"s1": {"address": server.address, "send_proxy": {
        "version": "v2", "options": ["authority", "unique-id", "crc32c"]}}}))
    with daemon.connect() as client:
        client.sendall(v2("192.0.2.1", "198.51.100.1", ports=(7, 8),
                          tlvs=tlv(AUTHORITY, b"example.org") + tlv(UNIQUE_ID, b"id-7")) + b"hello")
        finish(client)

        told = read_v2(read_all(server.accept()))

    assert (told["source"], told["destination"]) == ("192.0.2.1 7", "198.51.100.1 8")
    assert (told["tlvs"][AUTHORITY], told["tlvs"][UNIQUE_ID]) == (b"example.org", b"id-7")
    assert told["rest"] == b"hello"
