"""A server with send_proxy is told, ahead of the client's bytes, who the client is."""

import json
import socket

import pytest

from support.config import config, with_probe
from support.peers import FullBacklog, Listener, Refuser, Server, UnixListener, says
from support.proxy_protocol import CRC32C, LOCAL, PROXY, UNIQUE_ID, read_v2
from support.sockets import at_end, connect, finish, read_all, read_exactly


def sending(address, send, **options):
    return config({"s1": {"address": address, "send_proxy": send}}, **options)


def test_version_1_is_a_line_with_both_ends_of_the_clients_connection(tidegate, server, workers):
    daemon = tidegate(sending(server.address, "v1", threads=workers))
    with daemon.connect() as client:
        source, destination = client.getsockname(), client.getpeername()
        client.sendall(b"hello")
        finish(client)
        heard = read_all(server.accept())
    assert heard.decode() == f"PROXY TCP4 {source[0]} {destination[0]} {source[1]} {destination[1]}\r\nhello"


def test_version_2_tells_the_same(tidegate, server):
    daemon = tidegate(sending(server.address, "v2"))
    with daemon.connect() as client:
        source, destination = client.getsockname(), client.getpeername()
        client.sendall(b"hello")
        finish(client)
        told = read_v2(read_all(server.accept()))
    assert (told["source"], told["destination"]) == ("%s %d" % source, "%s %d" % destination)
    assert (told["command"], told["family"], told["tlvs"], told["rest"]) == (PROXY, 0x11, {}, b"hello")


def test_an_ipv6_client_is_told_in_both_versions(tidegate, peers):
    old, new = peers(Listener), peers(Listener)
    servers = {"s1": {"address": old.address, "send_proxy": "v1"}, "s2": {"address": new.address, "send_proxy": "v2"}}
    daemon = tidegate(config(servers, bind="[::1]:0"))

    def heard(server):
        with daemon.connect() as client:
            source, destination = client.getsockname()[1], client.getpeername()[1]
            client.sendall(b"x")
            finish(client)
            return source, destination, read_all(server.accept())

    source, destination, line = heard(old)
    assert line.decode() == f"PROXY TCP6 ::1 ::1 {source} {destination}\r\nx"
    source, destination, header = heard(new)
    told = read_v2(header)
    assert (told["source"], told["destination"]) == (f"::1 {source}", f"::1 {destination}")


def test_a_unix_client_has_no_address_to_tell(tidegate, peers, tmp_path):
    old, new = peers(Listener), peers(Listener)
    servers = {"s1": {"address": old.address, "send_proxy": "v1"}, "s2": {"address": new.address, "send_proxy": "v2"}}
    daemon = tidegate(config(servers, bind=f"unix:{tmp_path}/web.sock"))

    def heard(server):
        with connect(f"{tmp_path}/web.sock") as client:
            client.sendall(b"x")
            finish(client)
            return read_all(server.accept())

    assert heard(old) == b"PROXY UNKNOWN\r\nx"
    told = read_v2(heard(new))
    assert (told["command"], told["family"], told["rest"]) == (LOCAL, 0, b"x")


def test_a_unix_server_is_told_too(tidegate, peers, tmp_path):
    server = peers(UnixListener, tmp_path / "app.sock")
    daemon = tidegate(sending(server.address, "v1"))
    with daemon.connect() as client:
        client.sendall(b"x")
        finish(client)
        assert read_all(server.accept()).startswith(b"PROXY TCP4 127.0.0.1 127.0.0.1 ")


def test_the_header_is_sent_before_the_client_says_anything(tidegate, server):
    daemon = tidegate(sending(server.address, "v1"))
    with daemon.connect():
        assert read_exactly(server.accept(), 6) == b"PROXY "


def test_the_header_is_not_counted_as_the_clients_bytes(tidegate, server):
    daemon = tidegate(sending(server.address, "v1", log={"to": "stdout", "format": "json"}))
    with daemon.connect() as client:
        client.sendall(b"hello")
        finish(client)
        read_all(server.accept())

    line = json.loads(daemon.out.wait_for(r"^\{.*\}$")[0])
    assert line["bytes_to_server"] == 5


def test_the_options_of_version_2_are_told(tidegate, server):
    daemon = tidegate(sending(server.address, {"version": "v2", "options": ["crc32c", "unique-id", "authority"]},
                              log={"to": "stdout", "format": "json"}))
    with daemon.connect() as client:
        client.sendall(b"x")
        finish(client)
        told = read_v2(read_all(server.accept()))

    line = json.loads(daemon.out.wait_for(r"^\{.*\}$")[0])
    assert set(told["tlvs"]) == {CRC32C, UNIQUE_ID}  # the client told no authority
    assert told["tlvs"][UNIQUE_ID].decode() == str(line["session"])


def test_another_server_after_a_failed_one_gets_its_own_header(tidegate, peers):
    good = peers(Listener)
    servers = {"s1": {"address": peers(Refuser).address, "send_proxy": "v2"},
               "s2": {"address": good.address, "send_proxy": "v1"}}
    daemon = tidegate(config(servers))
    with daemon.connect() as client:
        client.sendall(b"x")
        finish(client)
        heard = read_all(good.accept())
    assert heard.startswith(b"PROXY TCP4 ") and heard.endswith(b"\r\nx")


def test_a_header_waits_for_a_slow_connect(tidegate, peers):
    server = peers(FullBacklog)
    daemon = tidegate(sending(server.address, "v1"))
    with daemon.connect() as client:
        client.sendall(b"x")
        finish(client)
        server.open()
        heard = read_all(server.accept())
    assert heard.startswith(b"PROXY TCP4 ") and heard.endswith(b"\r\nx")


def test_a_server_that_resets_for_its_unread_header_does_not_reset_the_client(tidegate, server, peers):
    plain = sending(server.address, "v1")
    daemon = tidegate(with_probe(plain, peers(Server, says(b"probe"))))
    client = daemon.connect()
    connection = server.accept()
    connection.sendall(b"busy")
    finish(connection)
    assert read_exactly(client, 4) == b"busy"
    assert at_end(client)

    connection.close()  # with unread bytes, which are ours
    for _ in range(100):  # a reset would wait for what came before it to be acknowledged
        assert daemon.ask("probe") == b"probe"

    assert client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    client.sendall(b"x")


@pytest.mark.parametrize("send", ["v1", {"version": "v2", "options": ["crc32c", "unique-id"]}], ids=["v1", "v2"])
@pytest.mark.parametrize("accept", [True, ["127.0.0.0/8"]], ids=["everybody", "listed"])
def test_two_in_a_row_tell_the_first_ones_client(tidegate, start, echo_server, send, accept):
    inner = tidegate(config(echo_server, bind={"address": "127.0.0.1:0", "accept_proxy": accept}))
    outer = tidegate(sending("%s:%d" % inner.address(), send))

    with outer.connect(source="127.0.0.9") as client:
        port = client.getsockname()[1]
        client.sendall(b"hello")
        assert read_exactly(client, 5) == b"hello"

    assert inner.access()[0].client == f"127.0.0.9:{port}"
