"""Clients of a real PostgreSQL."""

import time
from pathlib import Path

import psycopg2
from support.real_servers import PostgreSQL

from .clients import DEADLINE, Client, Crowd, Gone, drained
from .measures import Measures, by_grade


class PostgresClient(Client):
    """psycopg2."""

    kind = "a usual"
    sleep = 0.1  # seconds that the second statement takes at most
    pause = 0.0  # of the client, within the transaction
    _connection = None

    def turn(self):
        for _ in range(2):
            try:
                self._transact()
                self.counts["committed"] += 1
                return
            except Gone:
                self.counts["begun once more"] += 1
            except psycopg2.Error as error:
                self.close()
                self.failed(f"{self.kind} transaction was cut: {str(error).splitlines()[0]}")
                return
        self.failed(f"{self.kind} transaction was taken by no connection")

    def _transact(self):
        try:
            if self._connection is None:
                host, port = self.endpoint
                self._connection = psycopg2.connect(host=host, port=port, user="tidegate", dbname="postgres",
                                                    sslmode="disable", gssencmode="disable")
            cursor = self._connection.cursor()
            cursor.execute("select count(*) from pg_class")  # BEGIN goes before it
        except psycopg2.OperationalError:
            self.close()
            raise Gone from None
        cursor.fetchall()
        time.sleep(self.pause)
        cursor.execute("select pg_sleep(%s)", (self.random.uniform(self.sleep / 2, self.sleep),))
        cursor.execute("select repeat('x', %s)", (self.random.randrange(1, 200_000),))
        cursor.fetchall()
        self._connection.commit()

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class LongStatement(PostgresClient):
    """One that takes longer than any drain has."""

    kind = "a long"
    sleep = 2.0 * DEADLINE


class Pausing(PostgresClient):
    """A second passes between its first statement and the next: to who sees bytes only it is quiet then."""

    kind = "a pausing"
    pause = 1.0


def postgres(rival, directory: Path, quick: bool) -> Measures:
    kinds = [PostgresClient] * 15 + [LongStatement] * 2 + [Pausing] * 2
    kinds *= 1 if quick else 3
    counts, closed, failures, begun = drained(
        rival, directory, PostgreSQL,
        lambda endpoint: Crowd([kind(endpoint, number) for number, kind in enumerate(kinds)], 0.2),
        "committed", 1 if quick else 20)
    usual = [when for when, what in failures if "a usual" in what]
    # From four fifths of the time on those that are left must go.
    open_then = [when for when in usual if any(0 <= when - at - 0.8 * DEADLINE < 0.5 * DEADLINE for at in begun)]
    found = Measures()
    found.tell("transactions committed", counts["committed"])
    found.tell("begun once more on a new connection", counts["begun once more"])
    found.none("failed", len(usual) - len(open_then))
    found.tell("cut: open in the last fifth of the time; longer than the deadline; paused for a second", len(open_then),
               sum("a long" in what for _, what in failures), sum("a pausing" in what for _, what in failures))
    found.figures["sessions closed"] = by_grade(closed)
    return found
