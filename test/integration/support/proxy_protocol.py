"""PROXY protocol headers as the specification has them, written and read without the product's code."""

import ipaddress
import struct

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
LOCAL, PROXY = 0x20, 0x21
AUTHORITY, CRC32C, UNIQUE_ID = 0x02, 0x03, 0x05


def v1(source: str, destination: str, ports=(1111, 80)) -> bytes:
    kind = "TCP6" if ":" in source else "TCP4"
    return f"PROXY {kind} {source} {destination} {ports[0]} {ports[1]}\r\n".encode()


def tlv(kind: int, value: bytes) -> bytes:
    return struct.pack("!BH", kind, len(value)) + value


def v2(source: str = "", destination: str = "", ports=(1111, 80), tlvs: bytes = b"", command: int = PROXY) -> bytes:
    """Without addresses it is of no family."""
    family, addresses = 0, b""
    if source:
        packed = [ipaddress.ip_address(ip).packed for ip in (source, destination)]
        family = 0x11 if len(packed[0]) == 4 else 0x21
        addresses = b"".join(packed) + struct.pack("!HH", *ports)
    body = addresses + tlvs
    return SIGNATURE + struct.pack("!BBH", command, family, len(body)) + body


def read_v2(data: bytes) -> dict:
    """What a header tells, and the bytes behind it as `rest`."""
    assert data.startswith(SIGNATURE), data
    command, family, size = struct.unpack_from("!BBH", data, 12)
    body, rest = data[16:16 + size], data[16 + size:]
    told = {"command": command, "family": family, "rest": rest, "tlvs": {}}
    length = {0x00: 0, 0x11: 4, 0x21: 16}[family]
    if length:
        ips = [str(ipaddress.ip_address(body[i * length:(i + 1) * length])) for i in range(2)]
        ports = struct.unpack_from("!HH", body, 2 * length)
        told["source"], told["destination"] = (f"{ip} {port}" for ip, port in zip(ips, ports))
        body = body[2 * length + 4:]
    while body:
        kind, size = struct.unpack_from("!BH", body)
        told["tlvs"][kind] = body[3:3 + size]
        body = body[3 + size:]
    return told
