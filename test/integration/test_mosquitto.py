"""MQTT clients of a real Mosquitto live on their keep-alive alone, and get what is published."""

import socket

import pytest
from paho.mqtt.client import Client

from support.config import config
from support.wait import wait_until
from support.ways import ROUTES, written

KEEPALIVE = 1  # seconds; the broker drops a client that is silent for one and a half
PERIODS = 3


@pytest.fixture
def mosquitto(programs, tmp_path, way):
    """(address, broker)"""
    place = way.place("mqtt.sock")
    listener = f"listener 0 {place}" if way.host is None else f"listener {place[1]} {place[0]}"
    file = tmp_path / "mosquitto.conf"
    file.write_text(f"{listener}\nallow_anonymous true\nuser root\n")
    return written(place), programs("mosquitto", "-v", "-c", file, at=[place])


class Subscriber(Client):
    """Reaches the broker through the proxy, over whatever its bind is."""

    def __init__(self, name: str, daemon):
        super().__init__(name)
        self._daemon = daemon
        self.got = []
        self.subscribed = False
        self.losses = []
        self.on_message = lambda _client, _data, message: self.got.append(message.payload)
        self.on_subscribe = lambda *_: setattr(self, "subscribed", True)
        self.on_disconnect = lambda _client, _data, reason: self.losses.append(reason)
        self.connect("web", keepalive=KEEPALIVE)
        self.loop_start()
        self.subscribe("tide/+", qos=1)
        wait_until(lambda: self.subscribed, what=f"{name} has subscribed")

    def _create_socket_connection(self) -> socket.socket:
        return self._daemon.connect()

    def close(self):
        self.disconnect()
        self.loop_stop()


@pytest.mark.deadline(60)
@pytest.mark.parametrize("way, threads", ROUTES, indirect=["way"])
def test_a_silent_client_lives_on_its_keepalive_and_gets_what_is_published(tidegate, mosquitto, peers, way, threads):
    address, broker = mosquitto
    daemon = tidegate(config(address, bind=way.bind(), threads=threads, timeouts={"idle": f"{2 * KEEPALIVE}s"}))
    subscribers = [peers(Subscriber, f"subscriber{i}", daemon) for i in range(4)]

    for i in range(len(subscribers)):
        broker.out.wait_for_count(rf"Received PINGREQ from subscriber{i}\b", PERIODS, 20)
    publisher = peers(Subscriber, "publisher", daemon)
    for number in range(200):
        publisher.publish(f"tide/{number % 7}", b"%d" % number, qos=1)

    for subscriber in subscribers:
        wait_until(lambda: len(subscriber.got) >= 200, what="all that was published has come")
        assert subscriber.got == [b"%d" % number for number in range(200)]
        assert subscriber.losses == []
    assert len(broker.out.matching("New client connected")) == len(subscribers) + 1
