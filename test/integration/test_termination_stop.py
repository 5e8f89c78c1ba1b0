"""How a session is told that a stop has cut: by tidegate, and by HAProxy."""

import signal

from support.haproxy import HAProxy
from support.peers import FullBacklog, Refuser
from support.sockets import established, read_all
from support.termination import assert_tells, joined


def stop(daemon):
    """With a deadline: HAProxy has it for USR1, where Tidegate drains without one."""
    daemon.send_signal(signal.SIGUSR1 if isinstance(daemon, HAProxy) else signal.SIGTERM)


def test_a_session_cut_at_the_stop_deadline(proxy, server):
    daemon = proxy(server, stop={"deadline": "500ms"})
    client, _connection = established(daemon, server)

    stop(daemon)
    read_all(client)

    assert_tells(daemon, "app/s1 ~1/~0/~500 5 K- 1/1/0/0/0 0/0")


def test_a_session_cut_while_connecting(proxy, peers):
    daemon = proxy(peers(FullBacklog), stop={"deadline": "500ms"})
    client = joined(daemon)

    stop(daemon)
    read_all(client)

    assert_tells(daemon, "app/s1 ~1/-1/~500 0 KC 1/1/0/0/0 0/0")


def test_a_session_cut_between_two_attempts(proxy, peers):
    daemon = proxy(peers(Refuser), stop={"deadline": "200ms"})
    client = joined(daemon)

    stop(daemon)
    read_all(client)

    assert_tells(daemon, "app/s1 ~1/-1/~200 0 KC 1/1/0/0/1 0/0")


def test_a_session_cut_by_the_end_of_the_process(proxy, server):
    """HAProxy just dies of TERM, without a line."""
    daemon = proxy(server)
    client, _connection = established(daemon, server)

    daemon.stop()
    read_all(client)

    if isinstance(daemon, HAProxy):
        assert not [line for line in daemon.out.all() if " web " in line]
    else:
        assert_tells(daemon, "app/s1 ~1/~0/~0 5 K- 1/1/0/0/0 0/0")
