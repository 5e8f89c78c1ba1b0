"""Checks of real servers that refuse them: down, with the code and the sentence of the server."""

import re

import pytest

from support.config import config
from support.real_servers import MariaDB, PostgreSQL, Redis, Slapd


class LockedRedis(Redis):
    says = 'Layer7 wrong status, code: 0, info: "-NOAUTH Authentication required\\."'

    def command(self):
        return [*super().command(), "--requirepass", "secret"]


class StrangeMariaDB(MariaDB):
    """Knows nobody of that name."""

    check = {"mysql": {"user": "nobody"}}
    says = r"""Layer7 wrong status, code: 1045, info: "#28000Access denied for user 'nobody'@'127\.0\.0\.1' .*\""""


class ElsewhereMariaDB(MariaDB):
    """Lets nobody in from 127.0.0.1, as a server that lists its clients."""

    says = r"""Layer7 wrong status, code: 1130, info: "Host '127\.0\.0\.1' is not allowed to connect to this MariaDB server\""""

    def set_up(self):
        super().set_up()
        (self.directory / "init.sql").write_text(
            "delete from mysql.global_priv where Host <> '192.0.2.1';\nflush privileges;\n")


class ClosedPostgreSQL(PostgreSQL):
    says = r"""Layer7 invalid response, info: "FATAL: pg_hba.conf rejects connection for host "127\.0\.0\.1".*\""""

    def set_up(self):
        super().set_up()
        (self.directory / "data/pg_hba.conf").write_text("host all all 127.0.0.1/32 reject\n")


class NamedSlapd(Slapd):
    """Without anonymous binds: inappropriateAuthentication."""

    says = 'Layer7 wrong status, code: 48, info: "See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9"'

    def set_up(self):
        super().set_up()
        with open(self.directory / "slapd.conf", "a", encoding="ascii") as file:
            file.write("disallow bind_anon\n")


@pytest.mark.deadline(60)
@pytest.mark.parametrize("kind", [LockedRedis, StrangeMariaDB, ElsewhereMariaDB, ClosedPostgreSQL, NamedSlapd])
def test_who_refuses_a_check_is_down_and_says_why(tidegate, peers, kind):
    real = peers(kind)
    daemon = tidegate(config(real, backend={"check": {**kind.check, "interval": "100ms", "fall": 2}}))

    daemon.wait_states("DOWN")
    (told,) = daemon.out.matching(r"Server app/s1 is DOWN, reason: (.*), check duration")
    assert re.fullmatch(kind.says, told[1])
