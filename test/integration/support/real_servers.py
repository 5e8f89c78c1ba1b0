"""Servers as people run them, each to be stopped, frozen and started again at its port, with data of its own."""

import http.client
import os
import pwd
import shutil
import signal
import smtplib
import ssl
import tempfile
from pathlib import Path

from paho.mqtt.client import Client

from support.config import config
from support.peers import Server, says
from support.programs import PATH, Program, free_port, program, run
from support.sockets import read_exactly
from support.wait import wait_until


def somebody(user: str) -> dict:
    """How to run as that user where root is refused."""
    return {"user": user, "group": user, "extra_groups": []} if os.geteuid() == 0 else {}


class RealServer:
    """What is checked. `check` is how, in YAML's values; the words are those of the log when it is silent or not itself."""

    check: dict = {}
    well = "Layer7 check passed"
    silent = "Layer7 timeout"
    nonsense = "Layer7 invalid response"
    gentle = signal.SIGTERM

    def __init__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="tidegate-checked-"))  # pytest's own are closed to other users
        self.port = free_port()
        self.endpoint = ("127.0.0.1", self.port)
        self.address = f"127.0.0.1:{self.port}"
        self._program = None
        self.options = {}
        try:
            self.set_up()
            self.start()
        except BaseException:
            self.close()
            raise

    def set_up(self):
        """Writes what the server reads."""

    def command(self) -> list:
        raise NotImplementedError

    def serve_one(self, daemon):
        """A client that is content, through the proxy."""
        raise NotImplementedError

    def own(self, user: str):
        """The directory is that user's, and so is the process."""
        if os.geteuid() == 0:
            os.chown(self.directory, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        self.options = {"cwd": self.directory, **somebody(user)}

    def start(self):
        self._program = Program(self.command(), **self.options).wait_listening(self.endpoint)

    def stop(self):
        self._program.stop(self.gentle)

    def freeze(self):
        self._program.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self._program.process.send_signal(signal.SIGCONT)

    def close(self):
        if self._program is not None:
            self.thaw()
            self.stop()
        shutil.rmtree(self.directory)


class Redis(RealServer):
    check = {"kind": "redis"}
    nonsense = "Layer7 wrong status"  # any line is an answer

    def command(self):
        return ["redis-server", "--bind", "127.0.0.1", "--port", self.port, "--save", "", "--dir", self.directory]

    def serve_one(self, daemon):
        host, port = daemon.address()
        assert run(["redis-cli", "-h", host, "-p", port, "ping"]) == "PONG\n"


class PostgreSQL(RealServer):
    check = {"postgres": {"user": "tidegate"}}
    nonsense = "Layer7 wrong status"
    gentle = signal.SIGINT  # the fast way
    path = ":".join([*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), PATH])

    def set_up(self):
        self.own("postgres")
        run([program("initdb", self.path), "-D", self.directory / "data", "-U", "tidegate", "-A", "trust", "--no-sync",
             "--no-locale"], **self.options)

    def command(self):
        return [program("postgres", self.path), "-D", self.directory / "data", "-p", self.port, "-c", "fsync=off",
                "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.directory}"]

    def serve_one(self, daemon):
        host, port = daemon.address()
        assert run([program("psql", self.path), "-h", host, "-p", port, "-U", "tidegate", "-Atc", "select 6*7",
                    "postgres"]) == "42\n"


class MariaDB(RealServer):
    check = {"mysql": {"user": "checker"}}

    def set_up(self):
        self.own("mysql")
        (self.directory / "init.sql").write_text("create user if not exists checker@'127.0.0.1';\n")
        run(["mariadb-install-db", "--no-defaults", f"--datadir={self.directory}/data", "--skip-test-db",
             "--innodb-flush-method=nosync"], **self.options)

    def command(self):
        return ["mariadbd", "--no-defaults", f"--datadir={self.directory}/data", f"--socket={self.directory}/socket",
                f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve",
                f"--init-file={self.directory}/init.sql", "--innodb-fast-shutdown=2", "--performance-schema=off"]

    def serve_one(self, daemon):
        host, port = daemon.address()
        assert run(["mariadb", "--no-defaults", "-h", host, "-P", port, "-u", "checker", "-Nse", "select 6*7"]) == "42\n"


class Nginx(RealServer):
    check = {"http": {"method": "GET", "path": "/ready"}}

    def set_up(self):
        (self.directory / "nginx.conf").write_text(f"""\
daemon off;
master_process off;
pid {self.directory}/nginx.pid;
events {{}}
http {{
  access_log off;
  client_body_temp_path {self.directory}/body;
  proxy_temp_path {self.directory}/proxy;
  fastcgi_temp_path {self.directory}/fastcgi;
  uwsgi_temp_path {self.directory}/uwsgi;
  scgi_temp_path {self.directory}/scgi;
  server {{ listen {self.address}; location = /ready {{ return 204; }} }}
}}
""")

    def command(self):
        return ["nginx", "-c", self.directory / "nginx.conf", "-p", self.directory, "-e", self.directory / "error.log"]

    def serve_one(self, daemon):
        connection = http.client.HTTPConnection("web")
        connection.sock = daemon.connect()
        connection.request("GET", "/ready")
        assert connection.getresponse().status == 204
        connection.close()


class OpenSSL(RealServer):
    check = {"kind": "tls-hello"}
    well = "Layer6 check passed"
    silent = "Layer6 timeout"
    nonsense = "Layer6 invalid response"

    def set_up(self):
        self.options = {"cwd": self.directory}
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key",
             "-out", "certificate", "-subj", "/CN=web"], **self.options)

    def command(self):
        return ["openssl", "s_server", "-accept", self.address, "-cert", "certificate", "-key", "key", "-www"]

    def serve_one(self, daemon):
        trusting = ssl.create_default_context(cafile=self.directory / "certificate")
        with trusting.wrap_socket(daemon.connect(), server_hostname="web") as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.0 200 ")


class Mosquitto(RealServer):
    check = {"kind": "mqtt"}

    def set_up(self):
        (self.directory / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n")

    def command(self):
        return ["mosquitto", "-c", self.directory / "mosquitto.conf"]

    def serve_one(self, daemon):
        host, port = daemon.address()
        client = Client("one")
        client.connect(host, port)
        client.loop_start()
        wait_until(client.is_connected, what="the broker has accepted")
        client.disconnect()
        client.loop_stop()


class Aiosmtpd(RealServer):
    """Of Debian's SMTP servers the one that is content with any user, any port and no queue; it speaks RFC 5321."""

    check = {"kind": "smtp"}

    def command(self):
        return ["aiosmtpd", "-n", "-l", self.address]

    def serve_one(self, daemon):
        with smtplib.SMTP(*daemon.address(), timeout=10) as client:
            assert client.noop()[0] == 250


class Slapd(RealServer):
    check = {"kind": "ldap"}

    def set_up(self):
        (self.directory / "slapd.conf").write_text(f"pidfile {self.directory}/pid\n")

    def command(self):
        return ["slapd", "-h", f"ldap://{self.address}/", "-f", self.directory / "slapd.conf", "-d", "0"]

    def serve_one(self, daemon):
        with daemon.connect() as client:  # RFC 4511, 4.2: an anonymous bind
            client.sendall(bytes.fromhex("300c020101600702010304008000"))
            assert read_exactly(client, 14) == bytes.fromhex("300c02010161070a010004000400")


def assert_watched(tidegate, peers, kind):
    """Up while it is well, and down for the right reason: gone, somebody else in its place, frozen. Then up again."""
    real = peers(kind)
    daemon = tidegate(config(real, backend={"log_health_checks": True, "check": {
        **kind.check, "interval": "100ms", "timeout": "500ms", "rise": 2, "fall": 2, "init_state": "fully-up"}}))

    daemon.wait_checked(f"succeeded, reason: {kind.well}")
    real.serve_one(daemon)
    assert daemon.states() == []

    real.stop()
    daemon.wait_checked('failed, reason: Layer4 connection problem, info: "Connection refused"')
    daemon.wait_states("DOWN")
    somebody_else = peers(Server, says(b"What is it that you want?\r\n"), port=real.port)
    daemon.wait_checked(f"failed, reason: {kind.nonsense}")
    somebody_else.close()
    real.start()
    daemon.wait_states("DOWN", "UP")
    real.serve_one(daemon)

    real.freeze()
    daemon.wait_checked(f"failed, reason: {kind.silent}")
    daemon.wait_states("DOWN", "UP", "DOWN")
    real.thaw()
    daemon.wait_states("DOWN", "UP", "DOWN", "UP")
    real.serve_one(daemon)
