"""The PROXY protocol spoken with nginx and with HAProxy, which nobody here wrote, in both directions."""

import http.client

import pytest

from support.config import config
from support.haproxy import Rival
from support.peers import Server
from support.programs import free_port
from support.sockets import connect, finish, read_exactly

SOURCE = "127.0.0.9"

NGINX = """\
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
events {{ worker_connections 64; }}
"""

# Answers each request with whom it takes for the client.
NGINX_HTTP = NGINX + """\
http {{
  access_log off;
  server {{
    listen 127.0.0.1:{port} proxy_protocol;
    location / {{ return 200 "$proxy_protocol_addr $proxy_protocol_port\\n"; }}
  }}
}}
"""

NGINX_STREAM = NGINX + """\
stream {{
  server {{ listen 127.0.0.1:{port}; proxy_pass {server}; proxy_protocol on; }}
}}
"""

HAPROXY = """\
global
  log stdout format raw local0
defaults
  mode tcp
  log global
  option tcplog
  timeout connect 5s
  timeout client 10s
  timeout server 10s
listen here
  bind {bind} BIND_OPTIONS
  server there SERVER
"""


def says_hello(connection):
    """Without waiting for an end: nginx passes no half-close on."""
    connection.recv(1)
    connection.sendall(b"hello")


@pytest.fixture
def server(peers) -> Server:
    return peers(Server, says_hello)


@pytest.fixture
def nginx(programs, tmp_path):
    """nginx(configuration, ...) -> the address where it listens."""
    def start(text, **values):
        port = free_port()
        file = tmp_path / "nginx.conf"
        file.write_text(text.format(directory=tmp_path, port=port, **values))
        programs("nginx", "-c", file, "-p", tmp_path, "-e", tmp_path / "error.log", at=[("127.0.0.1", port)])
        return "127.0.0.1", port
    return start


@pytest.fixture
def haproxy(peers, tmp_path):
    """haproxy(server, ...) -> HAProxy before that server, with further words for either line."""
    def start(server, bind="", options="") -> Rival:
        text = HAPROXY.replace("BIND_OPTIONS", bind).replace("SERVER", f"{server} {options}")
        return peers(Rival, tmp_path, text)
    return start


def visit(address) -> tuple[str, int]:
    """One session from SOURCE that hears hello; answers the client's own name."""
    with connect(address, source=SOURCE) as client:
        name = client.getsockname()
        client.sendall(b"x")
        assert read_exactly(client, 5) == b"hello"
        return name


def accepting(server, **options):
    return config(server, bind={"address": "127.0.0.1:0", "accept_proxy": True}, **options)


def sending(address, send):
    return config({"s1": {"address": "%s:%d" % address, "send_proxy": send}})


VERSIONS = {"v1": "v1", "v2": "v2", "v2-with-options": {"version": "v2", "options": ["crc32c", "unique-id"]}}


@pytest.mark.parametrize("version", VERSIONS)
def test_nginx_knows_the_client_that_tidegate_tells(tidegate, nginx, version):
    daemon = tidegate(sending(nginx(NGINX_HTTP), VERSIONS[version]))
    client = connect(daemon.address(), source=SOURCE)
    connection = http.client.HTTPConnection("web")
    connection.sock = client

    connection.request("GET", "/")

    assert connection.getresponse().read().decode() == "%s %d\n" % client.getsockname()
    connection.close()


def test_tidegate_knows_the_client_that_nginx_tells(tidegate, nginx, server):
    daemon = tidegate(accepting(server))
    address = nginx(NGINX_STREAM, server="%s:%d" % daemon.address())

    name = visit(address)

    daemon.out.wait_for(r"^%s:%d \[" % name)


@pytest.mark.parametrize("version", VERSIONS)
def test_haproxy_knows_the_client_that_tidegate_tells(tidegate, haproxy, server, version):
    rival = haproxy(server.address, bind="accept-proxy")
    daemon = tidegate(sending(rival.endpoint, VERSIONS[version]))

    host, port = visit(daemon.address())

    rival.out.wait_for(rf"^{host}:{port} \[.*\] here here/there ")


@pytest.mark.parametrize("options", ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c"])
def test_tidegate_knows_the_client_that_haproxy_tells(tidegate, haproxy, server, options):
    daemon = tidegate(accepting(server))
    rival = haproxy("%s:%d" % daemon.address(), options=options)

    name = visit(rival.endpoint)

    daemon.out.wait_for(r"^%s:%d \[" % name)


def test_a_chain_of_haproxy_tidegate_and_nginx_knows_the_first_client(tidegate, haproxy, nginx):
    daemon = tidegate(config({"s1": {"address": "%s:%d" % nginx(NGINX_HTTP), "send_proxy": "v2"}},
                             bind={"address": "127.0.0.1:0", "accept_proxy": ["127.0.0.0/8"]}))
    rival = haproxy("%s:%d" % daemon.address(), options="send-proxy")
    client = connect(rival.endpoint, source=SOURCE)
    connection = http.client.HTTPConnection("web")
    connection.sock = client

    connection.request("GET", "/")

    assert connection.getresponse().read().decode() == "%s %d\n" % client.getsockname()
    connection.close()


# The words of a failed handshake are HAProxy's, and its line is.
@pytest.mark.parametrize("sent", [
    b"GET / HTTP/1.1\r\n\r\n", b"PROXY TCP4 192.0.2.1 198.51.100.1 1111\r\n",
    b"PROXY UDP4 192.0.2.1 198.51.100.1 1111 80\r\n", b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0b" + bytes(11), b"",
], ids=["http", "no-port", "udp", "too-short", "nothing"])
def test_a_failed_handshake_is_told_as_haproxy_tells_it(tidegate, haproxy, server, sent):
    rival = haproxy(server.address, bind="accept-proxy")
    daemon = tidegate(accepting(server))

    def error_line(output, endpoint, frontend):
        with connect(endpoint) as client:
            port = client.getsockname()[1]
            client.sendall(sent)
            if not sent:
                finish(client)
            line = output.wait_for(rf"^127\.0\.0\.1:{port} \[\S+\] {frontend}(/1: .*)$")
        return line[1]

    assert error_line(daemon.out, daemon.address(), "web") == error_line(rival.out, rival.endpoint, "here")
