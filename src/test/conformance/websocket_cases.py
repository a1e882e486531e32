"""WebSocket conformance of a node, case by case, in the manner of the Autobahn test suite, whose numbers are given.

A node does not echo, so a case that is to be answered is a `ping` whose `ref` comes back. Frames are written
byte by byte here; what the node sends is judged by the strict parser of the library `websockets`, or by its
implementation of permessage-deflate. RFC 6455 and RFC 7692.

usage: websocket_cases.py HOST:PORT TOKEN [CASE_PREFIX]...
The node must allow compression, and any number of messages per second.
"""

import json
import os
import socket
import sys
import time
import zlib

from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
FIN, RSV1 = 0x80, 0x40
MAX_MESSAGE = 65_536
PATIENCE = 20
# A node that waits for the answer to its close does so for 5 s; a case that needs less proves more.
PROMPTLY = 3


def frame(opcode, payload=b"", fin=True, rsv=0, masked=True, length=None):
    """A frame as bytes; `length` is the extended form of the length, if it is not to be the shortest."""
    first = (FIN if fin else 0) | rsv << 4 | opcode
    size = len(payload)
    bit = 0x80 if masked else 0
    if length is None:
        length = 0 if size < 126 else 2 if size < 65_536 else 8
    head = bytes([first, bit | (size if length == 0 else 126 if length == 2 else 127)])
    if length:
        head += size.to_bytes(length, "big")
    if not masked:
        return head + payload
    mask = os.urandom(4)
    masks = (mask * (size // 4 + 1))[:size]
    masked_payload = (int.from_bytes(payload, "big") ^ int.from_bytes(masks, "big")).to_bytes(size, "big")
    return head + mask + masked_payload


def ask(ref):
    """A message that is answered with `ref`, which is text, or bytes to put between the quotes as they are."""
    inner = json.dumps(ref, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass") if isinstance(ref, str) else ref
    return b'{"type":"ping","ref":"' + inner + b'"}'


def ask_of_size(size):
    return ask("*" * (size - len(ask(""))))


def fragments(message, size, opcode=TEXT, rsv=0):
    """The frames of a message in fragments of `size` bytes."""
    pieces = [message[at : at + size] for at in range(0, len(message), size)] or [b""]
    return [
        frame(opcode if n == 0 else CONTINUATION, piece, fin=n == len(pieces) - 1, rsv=rsv if n == 0 else 0)
        for n, piece in enumerate(pieces)
    ]


class Failure(Exception):
    pass


class Connection:
    """A signed-in socket: raw bytes go out, what comes in is read by a strict parser."""

    def __init__(self, extensions=()):
        self.tcp = socket.create_connection(ADDRESS, timeout=PATIENCE)
        self.tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        uri = parse_uri(f"ws://{ADDRESS[0]}:{ADDRESS[1]}/ws?events=no.such.type")
        self.protocol = ClientProtocol(uri, extensions=list(extensions) or None, max_size=None)
        request = self.protocol.connect()
        request.headers["Authorization"] = "Bearer " + TOKEN
        self.protocol.send_request(request)
        self.events = []
        self.flush()
        response = self.event()
        if not isinstance(response, Response) or self.protocol.state is not State.OPEN:
            raise Failure(f"the upgrade was refused: {self.protocol.handshake_exc}")
        connected = self.message()
        if connected.get("type") != "connected":
            raise Failure(f"not connected: {connected}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tcp.close()

    def flush(self):
        """Sends what the library wants to answer: pongs, and the answer to a close."""
        data = b"".join(piece for piece in self.protocol.data_to_send() if piece)
        if data:
            self.tcp.sendall(data)

    def send(self, *pieces):
        """Sends pieces in one write; a node that has closed already does not matter to the case."""
        self.write(b"".join(pieces))

    def chop(self, piece):
        """Sends a piece byte by byte."""
        for at in range(len(piece)):
            self.write(piece[at : at + 1])

    def write(self, data):
        try:
            self.tcp.sendall(data)
        except OSError:
            pass

    def event(self, within=PATIENCE):
        """The next thing that came; None at the end of the connection."""
        deadline = time.monotonic() + within
        while not self.events:
            self.tcp.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                data = self.tcp.recv(65_536)
            except TimeoutError:
                raise Failure(f"nothing came for {within} s") from None
            except ConnectionResetError:
                return None
            if data:
                self.protocol.receive_data(data)
            else:
                self.protocol.receive_eof()
            if self.protocol.parser_exc is not None and not isinstance(self.protocol.parser_exc, EOFError):
                raise Failure(f"the server breaks the protocol: {self.protocol.parser_exc!r}")
            self.events += self.protocol.events_received()
            try:
                self.flush()
            except OSError:
                pass
            if not data:
                return self.events.pop(0) if self.events else None
        return self.events.pop(0)

    def message(self):
        """The next text message as JSON."""
        received = self.event()
        if received is None or received.opcode is not Opcode.TEXT:
            raise Failure(f"expected a text message, got {received}")
        text = received.data
        while not received.fin:
            received = self.event()
            text += received.data
        return json.loads(text.decode("utf-8"))

    def expect_answer(self, ref):
        answer = self.message()
        if answer.get("type") != "pong" or answer.get("ref") != ref:
            raise Failure(f"expected the answer to {ref[:60]!r}, got {str(answer)[:200]}")

    def expect_error(self):
        answer = self.message()
        if answer.get("type") != "error":
            raise Failure(f"expected an error message, got {str(answer)[:200]}")

    def expect_pong(self, payload):
        received = self.event()
        if received is None or received.opcode is not Opcode.PONG or received.data != payload:
            raise Failure(f"expected a pong with {payload!r}, got {received}")

    def expect_close(self, *codes, within=PATIENCE):
        """The close, and then the end of the connection without anything else."""
        received = self.event(within)
        if received is None or received.opcode is not Opcode.CLOSE:
            raise Failure(f"expected a close, got {received}")
        code = int.from_bytes(received.data[:2], "big") if received.data else 1005
        if code not in codes:
            raise Failure(f"closed with {code}, expected {' or '.join(map(str, codes))}")
        self.expect_end()

    def expect_end(self):
        began = time.monotonic()
        received = self.event()
        if received is not None:
            raise Failure(f"after the close came {received}")
        if time.monotonic() - began > PROMPTLY:
            raise Failure("the connection stayed open after both had closed")

    def end(self):
        """Nothing is wrong with the connection, and it closes normally."""
        self.send(frame(TEXT, ask("alive")))
        self.expect_answer("alive")
        self.send(frame(CLOSE, (1000).to_bytes(2, "big")))
        self.expect_close(1000)


CASES = {}


def case(number, title):
    """Registers a function that gets a fresh connection; it is shown under its number."""

    def register(function):
        if number in CASES:
            raise ValueError(f"{number} is registered twice")
        CASES[number] = (title, function)
        return function

    return register


def answered(*pieces, ref, chopped=False, extensions=()):
    """A case in which the pieces are one message that is answered."""

    def run():
        with Connection(extensions) as c:
            if chopped:
                for piece in pieces:
                    c.chop(piece)
            else:
                c.send(*pieces)
            c.expect_answer(ref)
            c.end()

    return run


def refused(*pieces, codes, before=None, chopped=False, extensions=()):
    """A case in which the pieces end the connection with one of the codes; `before` is still answered."""

    def run():
        with Connection(extensions) as c:
            data = b"".join(pieces)
            if chopped:
                c.chop(data)
            else:
                c.send(data)
            if before is not None:
                c.expect_answer(before)
            c.expect_close(*codes)

    return run


def add(number, title, function):
    case(number, title)(function)


def framing():
    """1: lengths, in each of the three forms of a length, in one write and in pieces."""
    sizes = [len(ask("")), 125, 126, 127, 128, 1000, 65_535, MAX_MESSAGE]
    for n, size in enumerate(sizes, 1):
        message = ask_of_size(size)
        add(f"1.1.{n}", f"text of {size} bytes", answered(frame(TEXT, message), ref="*" * (size - len(ask("")))))

    def in_pieces():
        with Connection() as c:
            data = frame(TEXT, ask_of_size(MAX_MESSAGE))
            for at in range(0, len(data), 997):
                c.write(data[at : at + 997])
            c.expect_answer("*" * (MAX_MESSAGE - len(ask(""))))
            c.end()

    add("1.1.9", f"text of {MAX_MESSAGE} bytes in writes of 997 bytes", in_pieces)
    for n, size in enumerate([0, 125, 126, 65_536], 1):
        add(f"1.2.{n}", f"binary of {size} bytes is not taken", refused(frame(BINARY, bytes(size)), codes=[1003]))
    for form in (2, 8):
        data = frame(TEXT, ask(""), length=form)
        add(f"1.3.{form}", f"length in {form} bytes that fits into fewer", refused(data, codes=[1002]))
    add("1.3.9", "length of 8 bytes with its first bit set",
        refused(bytes([FIN | TEXT, 0xFF]) + bytes([0x80] + [0] * 7) + bytes(4), codes=[1002, 1009]))
    add("1.4.1", "frame that is not masked", refused(frame(TEXT, ask(""), masked=False), codes=[1002]))
    add("1.4.2", "ping that is not masked", refused(frame(PING, b"x", masked=False), codes=[1002]))


def pings():
    """2: pings and pongs."""

    def ponged(*payloads, chopped=False, together=False):
        def run():
            with Connection() as c:
                if together:
                    c.send(*(frame(PING, payload) for payload in payloads))
                for payload in payloads:
                    if not together:
                        (c.chop if chopped else c.send)(frame(PING, payload))
                    if not together:
                        c.expect_pong(payload)
                if together:
                    for payload in payloads:
                        c.expect_pong(payload)
                c.end()

        return run

    add("2.1", "empty ping", ponged(b""))
    add("2.2", "ping with text", ponged(b"Hello, world!"))
    add("2.3", "ping with bytes that are no text", ponged(bytes([0, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0, 0xFF])))
    add("2.4", "ping of 125 bytes", ponged(b"\xfe" * 125))
    add("2.5", "ping of 126 bytes", refused(frame(PING, b"\xfe" * 126), codes=[1002]))
    add("2.6", "ping of 125 bytes, byte by byte", ponged(b"\xfe" * 125, chopped=True))
    add("2.7", "pong that nobody asked for", answered(frame(PONG), frame(TEXT, ask("7")), ref="7"))
    add("2.8", "pong with payload that nobody asked for", answered(frame(PONG, b"x"), frame(TEXT, ask("8")), ref="8"))

    def pong_then_ping():
        with Connection() as c:
            c.send(frame(PONG, b"unasked"), frame(PING, b"asked"))
            c.expect_pong(b"asked")
            c.end()

    add("2.9", "unasked pong, then a ping", pong_then_ping)
    add("2.10", "ten pings", ponged(*(b"payload-%d" % n for n in range(10)), together=True))
    add("2.11", "ten pings, byte by byte", ponged(*(b"payload-%d" % n for n in range(10)), chopped=True))


def reserved_bits():
    """3: bits that no extension defines."""
    for rsv in range(1, 8):
        bad = frame(TEXT, ask("bad"), rsv=rsv)
        add(f"3.{rsv}.1", f"text with reserved bits {rsv:03b}", refused(bad, codes=[1002]))
        add(f"3.{rsv}.2", "the same after a good message, byte by byte",
            refused(frame(TEXT, ask("good")), bad, codes=[1002], before="good", chopped=True))
        add(f"3.{rsv}.3", f"ping with reserved bits {rsv:03b}", refused(frame(PING, b"x", rsv=rsv), codes=[1002]))
        add(f"3.{rsv}.4", f"close with reserved bits {rsv:03b}",
            refused(frame(CLOSE, b"\x03\xe8", rsv=rsv), codes=[1002]))
        add(f"3.{rsv}.5", f"continuation with reserved bits {rsv:03b}",
            refused(frame(TEXT, ask("x")[:5], fin=False), frame(CONTINUATION, ask("x")[5:], rsv=rsv), codes=[1002]))


def opcodes():
    """4: kinds of frames that are not defined."""
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]:
        kind = "control" if opcode > 7 else "data"
        add(f"4.{opcode}.1", f"{kind} frame of kind {opcode}", refused(frame(opcode), codes=[1002]))
        add(f"4.{opcode}.2", "the same with payload", refused(frame(opcode, b"reserved"), codes=[1002]))
        add(f"4.{opcode}.3", "the same after a good message, byte by byte",
            refused(frame(TEXT, ask("good")), frame(opcode, b"r"), codes=[1002], before="good", chopped=True))


def fragmentation():
    """5: messages in several frames."""
    add("5.1", "ping in fragments", refused(frame(PING, b"a", fin=False), frame(CONTINUATION, b"b"), codes=[1002]))
    add("5.2", "pong in fragments", refused(frame(PONG, b"a", fin=False), frame(CONTINUATION, b"b"), codes=[1002]))
    message = ask("fragmented é")
    half = len(message) // 2
    first, last = frame(TEXT, message[:half], fin=False), frame(CONTINUATION, message[half:])
    add("5.3", "text in two fragments", answered(first, last, ref="fragmented é"))
    add("5.5", "the same byte by byte", answered(first, last, ref="fragmented é", chopped=True))

    def with_ping(chopped):
        def run():
            with Connection() as c:
                write = c.chop if chopped else c.send
                write(first)
                write(frame(PING, b"between"))
                c.expect_pong(b"between")
                write(last)
                c.expect_answer("fragmented é")
                c.end()

        return run

    add("5.6", "ping between two fragments", with_ping(False))
    add("5.8", "the same byte by byte", with_ping(True))
    good = frame(TEXT, ask("x"))
    for number, fin in (("5.9", True), ("5.12", False)):
        add(number, f"continuation of nothing, {'last' if fin else 'not last'}",
            refused(frame(CONTINUATION, b"x", fin=fin), good, codes=[1002]))
        add(number + ".1", "the same byte by byte",
            refused(frame(CONTINUATION, b"x", fin=fin), good, codes=[1002], chopped=True))
    add("5.15", "continuation of nothing after a message in fragments",
        refused(first, last, frame(CONTINUATION, b"x", fin=False), good, codes=[1002], before="fragmented é"))
    add("5.18", "text within a message in fragments", refused(first, frame(TEXT, b"x"), codes=[1002]))
    add("5.18.1", "binary within a message in fragments", refused(first, frame(BINARY, b"x"), codes=[1002, 1003]))

    def five_with_pings(pause):
        def run():
            with Connection() as c:
                long = ask("fragment" * 5)
                pieces = fragments(long, -(-len(long) // 5))
                for n, piece in enumerate(pieces):
                    c.send(piece)
                    if n in (1, 3):
                        c.send(frame(PING, b"pongme %d" % n))
                        if pause:
                            c.expect_pong(b"pongme %d" % n)
                if not pause:
                    c.expect_pong(b"pongme 1")
                    c.expect_pong(b"pongme 3")
                c.expect_answer("fragment" * 5)
                c.end()

        return run

    add("5.19", "five fragments with pings between", five_with_pings(False))
    add("5.20", "the same, each pong awaited", five_with_pings(True))
    empty = [frame(TEXT, b"", fin=False), frame(CONTINUATION, b"", fin=False), frame(CONTINUATION, message)]
    add("5.21", "empty fragments before the text", answered(*empty, ref="fragmented é"))
    add("5.22", "empty last fragment",
        answered(frame(TEXT, message, fin=False), frame(CONTINUATION, b""), ref="fragmented é"))


KOSME = "κόσμε"
VALID = {
    "text of one byte a character": "Hello-µ@ßöäüàá-UTF-8!!".encode(),
    "Greek": KOSME.encode(),
    "first of 2 bytes": b"\xc2\x80",
    "first of 3 bytes": b"\xe0\xa0\x80",
    "first of 4 bytes": b"\xf0\x90\x80\x80",
    "last of 1 byte": b"\x7f",
    "last of 2 bytes": b"\xdf\xbf",
    "last of 3 bytes": b"\xef\xbf\xbf",
    "last of 4 bytes": b"\xf4\x8f\xbf\xbf",
    "before the surrogates": b"\xed\x9f\xbf",
    "after the surrogates": b"\xee\x80\x80",
    "replacement character": b"\xef\xbf\xbd",
    "noncharacters U+FFFE and U+FFFF": b"\xef\xbf\xbe\xef\xbf\xbf",
    "noncharacters of the planes 1 to 16":
        b"".join(chr(plane << 16 | last).encode() for plane in range(1, 17) for last in (0xFFFE, 0xFFFF)),
    "byte order mark": b"\xef\xbb\xbf",
}
INVALID = {
    "5 bytes, the first": b"\xf8\x88\x80\x80\x80",
    "6 bytes, the first": b"\xfc\x84\x80\x80\x80\x80",
    "4 bytes, beyond the last": b"\xf7\xbf\xbf\xbf",
    "5 bytes, the last": b"\xfb\xbf\xbf\xbf\xbf",
    "6 bytes, the last": b"\xfd\xbf\xbf\xbf\xbf\xbf",
    "U+110000": b"\xf4\x90\x80\x80",
    "continuation byte 80": b"\x80",
    "continuation byte BF": b"\xbf",
    "continuation bytes": b"\x80\xbf\x80\xbf\x80\xbf\x80",
    "all continuation bytes": bytes(range(0x80, 0xC0)),
    "lonely starts of 2 bytes": b"".join(bytes([b, 0x20]) for b in range(0xC0, 0xE0)),
    "lonely starts of 3 bytes": b"".join(bytes([b, 0x20]) for b in range(0xE0, 0xF0)),
    "lonely starts of 4 bytes": b"".join(bytes([b, 0x20]) for b in range(0xF0, 0xF8)),
    "lonely starts of 5 bytes": b"".join(bytes([b, 0x20]) for b in range(0xF8, 0xFC)),
    "2 bytes without the last": b"\xdf",
    "3 bytes without the last": b"\xef\xbf",
    "4 bytes without the last": b"\xf4\x8f\xbf",
    "incomplete ones together": b"\xc0\xe0\x80\xf0\x80\x80\xdf\xef\xbf",
    "FE": b"\xfe",
    "FF": b"\xff",
    "overlong slash in 2 bytes": b"\xc0\xaf",
    "overlong slash in 3 bytes": b"\xe0\x80\xaf",
    "overlong slash in 4 bytes": b"\xf0\x80\x80\xaf",
    "longest overlong of 2 bytes": b"\xc1\xbf",
    "longest overlong of 3 bytes": b"\xe0\x9f\xbf",
    "longest overlong of 4 bytes": b"\xf0\x8f\xbf\xbf",
    "overlong NUL in 2 bytes": b"\xc0\x80",
    "overlong NUL in 3 bytes": b"\xe0\x80\x80",
    "overlong NUL in 4 bytes": b"\xf0\x80\x80\x80",
    **{f"surrogate {b.hex()}": b for b in (b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xae\x80", b"\xed\xaf\xbf",
                                          b"\xed\xb0\x80", b"\xed\xbe\x80", b"\xed\xbf\xbf")},
    **{f"pair of surrogates {b.hex()}": b for b in (b"\xed\xa0\x80\xed\xb0\x80", b"\xed\xad\xbf\xed\xbf\xbf",
                                                  b"\xed\xaf\xbf\xed\xbf\xbf", b"\xed\xaf\xbf\xed\xb0\x80")},
}


def utf8():
    """6: text must be UTF-8; text that can't become valid any more ends the connection at once."""

    def errors(*pieces):
        def run():
            with Connection() as c:
                c.send(*pieces)
                c.expect_error()
                c.end()

        return run

    add("6.1.1", "empty text", errors(frame(TEXT, b"")))
    add("6.1.2", "empty text in three fragments",
        errors(frame(TEXT, b"", fin=False), frame(CONTINUATION, b"", fin=False), frame(CONTINUATION, b"")))
    add("6.1.3", "NUL", errors(frame(TEXT, b"\x00")))
    for n, (title, data) in enumerate(VALID.items(), 1):
        ref = data.decode("utf-8")
        add(f"6.2.{n}.1", f"valid: {title}", answered(frame(TEXT, ask(data)), ref=ref))
        add(f"6.2.{n}.2", "the same in fragments of one byte", answered(*fragments(ask(data), 1), ref=ref))
        add(f"6.2.{n}.3", "the same byte by byte", answered(frame(TEXT, ask(data)), ref=ref, chopped=True))
    for n, (title, data) in enumerate(INVALID.items(), 1):
        add(f"6.3.{n}.1", f"invalid: {title}", refused(frame(TEXT, data), codes=[1007]))
        add(f"6.3.{n}.2", "the same within a message", refused(frame(TEXT, ask(data)), codes=[1007]))
        add(f"6.3.{n}.3", "the same in fragments of one byte", refused(*fragments(ask(data), 1), codes=[1007]))
        add(f"6.3.{n}.4", "the same after a good message",
            refused(frame(TEXT, ask("good")), frame(TEXT, data), codes=[1007], before="good"))

    def fails_fast(*pieces):
        def run():
            with Connection() as c:
                for piece in pieces:
                    c.send(piece)
                c.expect_close(1007, within=PROMPTLY)

        return run

    greek = KOSME.encode()
    for n, bad in enumerate([b"\xf4\x90", b"\xed\xa0", b"\xc0", b"\xff", b"\xe0\x80", b"\xf0\x80"], 1):
        add(f"6.4.{n}.1", f"{bad.hex()} is refused before the message is complete",
            fails_fast(frame(TEXT, greek, fin=False), frame(CONTINUATION, bad, fin=False)))
        # RFC 6455 leaves it open whether this is seen before the frame is complete.
        add(f"6.4.{n}.2", "the same within one frame, byte by byte",
            refused(frame(TEXT, greek + bad + b"edited"), codes=[1007], chopped=True))
    for n in range(1, len(greek)):
        prefix = greek[:n]
        if is_text(prefix):
            add(f"6.6.{n}", f"{n} bytes of a Greek word, which are text",
                answered(frame(TEXT, ask(prefix)), ref=prefix.decode()))
        else:
            add(f"6.6.{n}", f"{n} bytes of a Greek word, which end within a character",
                refused(frame(TEXT, prefix), codes=[1007]))


def is_text(data):
    try:
        data.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def closing():
    """7: how a connection ends."""

    def code_of(value, reason=b""):
        return frame(CLOSE, value.to_bytes(2, "big") + reason)

    def silent_after(*after):
        """What follows a close is not answered."""

        def run():
            with Connection() as c:
                c.send(frame(TEXT, ask("before")), code_of(1000), *after)
                c.expect_answer("before")
                c.expect_close(1000)

        return run

    add("7.1.1", "close after a message", silent_after())
    add("7.1.2", "two closes", silent_after(code_of(1000)))
    add("7.1.3", "ping after the close", silent_after(frame(PING, b"x")))
    add("7.1.4", "text after the close", silent_after(frame(TEXT, ask("after"))))
    add("7.1.6", "large text after the close", silent_after(frame(TEXT, ask_of_size(MAX_MESSAGE)), frame(PING)))

    def within_fragments():
        with Connection() as c:
            c.send(frame(TEXT, ask("x")[:4], fin=False), code_of(1000), frame(CONTINUATION, ask("x")[4:]))
            c.expect_close(1000)

    add("7.1.5", "close within a message in fragments", within_fragments)
    add("7.3.1", "close without a code", refused(frame(CLOSE), codes=[1000, 1005]))
    add("7.3.2", "close with one byte", refused(frame(CLOSE, b"\x03"), codes=[1002]))
    add("7.3.3", "close with a code", refused(code_of(1000), codes=[1000]))
    add("7.3.4", "close with a reason", refused(code_of(1000, b"Hello World!"), codes=[1000]))
    add("7.3.5", "close with a reason of 123 bytes", refused(code_of(1000, b"*" * 123), codes=[1000]))
    add("7.3.6", "close with a reason of 124 bytes", refused(code_of(1000, b"*" * 124), codes=[1002]))
    add("7.5.1", "reason that is no text",
        refused(code_of(1000, KOSME.encode() + b"\xed\xa0\x80edited"), codes=[1002, 1007]))
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]:
        add(f"7.7.{code}", f"close with the valid code {code}", refused(code_of(code), codes=[code]))
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]:
        add(f"7.9.{code}", f"close with the invalid code {code}", refused(code_of(code), codes=[1002]))
    add("7.11.1", "close byte by byte", refused(code_of(1000, b"bye"), codes=[1000], chopped=True))


def limits():
    """9: sizes up to the limit and beyond, in pieces of all sizes."""
    for n, size in enumerate([64, 256, 1_024, 4_096, 16_384], 1):
        whole = ask_of_size(MAX_MESSAGE)
        add(f"9.3.{n}", f"{MAX_MESSAGE} bytes in fragments of {size}",
            answered(*fragments(whole, size), ref="*" * (MAX_MESSAGE - len(ask("")))))
    add("9.4.1", "4,096 fragments of one byte", answered(*fragments(ask_of_size(4_096), 1), ref="*" * (4_096 - len(ask("")))))
    add("9.5.1", "one byte more than allowed", refused(frame(TEXT, bytes(MAX_MESSAGE + 1)), codes=[1009]))
    add("9.5.2", "one byte more than allowed in fragments",
        refused(*fragments(b"*" * (MAX_MESSAGE + 1), 4_096), codes=[1009]))
    huge = bytes([FIN | TEXT, 0xFF]) + (2**62).to_bytes(8, "big") + bytes(4)
    add("9.5.3", "frame that announces 2^62 bytes", refused(huge, codes=[1009]))

    def many(count):
        def run():
            with Connection() as c:
                c.send(*(frame(TEXT, ask(str(n))) for n in range(count)))
                for n in range(count):
                    c.expect_answer(str(n))
                c.end()

        return run

    add("9.7.1", "1,000 messages in one write", many(1_000))
    add("10.1.1", "64 KiB in fragments of 1,300 bytes",
        answered(*fragments(ask_of_size(MAX_MESSAGE), 1_300), ref="*" * (MAX_MESSAGE - len(ask("")))))


def deflate(data, bits=-15, finish=zlib.Z_SYNC_FLUSH):
    compressor = zlib.compressobj(9, zlib.DEFLATED, bits)
    packed = compressor.compress(data) + compressor.flush(finish)
    return packed[:-4] if finish == zlib.Z_SYNC_FLUSH else packed + b"\x00"


def compression():
    """12 and 13: permessage-deflate, with every offer, in both directions."""
    offers = {
        "bare": {},
        "client_max_window_bits": {"client_max_window_bits": True},
        "client_max_window_bits=9": {"client_max_window_bits": 9},
        "client_max_window_bits=15": {"client_max_window_bits": 15},
        "server_max_window_bits=15": {"server_max_window_bits": 15},
        "no context takeover": {"server_no_context_takeover": True, "client_no_context_takeover": True},
        "all": {"server_no_context_takeover": True, "client_no_context_takeover": True,
                "server_max_window_bits": 15, "client_max_window_bits": 12},
    }

    def both_ways(parameters, size, count=20):
        """Messages compressed as the library does it; answers are inflated by the library."""

        def run():
            with Connection([ClientPerMessageDeflateFactory(**parameters)]) as c:
                if not c.protocol.extensions:
                    raise Failure("the offer was not accepted")
                filling = ("the same again, " * (size // 16 + 1))[:size]
                for n in range(count):
                    ref = f"{n} {filling}"
                    c.protocol.send_text(ask(ref))
                    c.flush()
                    c.expect_answer(ref)
                c.end()

        return run

    for n, (title, parameters) in enumerate(offers.items(), 1):
        for m, size in enumerate([16, 256, 4_096, 32_768], 1):
            add(f"13.{n}.{m}", f"offer: {title}; {size} bytes", both_ways(parameters, size))

    def declined(header):
        def run():
            status, headers, tcp = upgrade({"Sec-WebSocket-Extensions": header})
            tcp.close()
            if status != 101 or "sec-websocket-extensions" in headers:
                raise Failure(f"{status}, extensions {headers.get('sec-websocket-extensions')!r}, expected 101 without")

        return run

    for n, header in enumerate([
        "permessage-deflate; server_max_window_bits=9",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=015",
        "permessage-deflate; server_no_context_takeover=true",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; no_such_parameter",
        "x-webkit-deflate-frame",
    ], 1):
        add(f"12.1.{n}", f"declined: {header}", declined(header))

    def second_offer():
        header = "permessage-deflate; server_max_window_bits=9, permessage-deflate; client_max_window_bits"
        status, headers, tcp = upgrade({"Sec-WebSocket-Extensions": header})
        tcp.close()
        if status != 101 or not headers.get("sec-websocket-extensions", "").startswith("permessage-deflate"):
            raise Failure(f"{status}: the second offer was not accepted")

    add("12.1.20", "the second offer is accepted if the first can't be", second_offer)
    agreed = [ClientPerMessageDeflateFactory(client_max_window_bits=True)]
    packed = deflate(ask("packed é"))

    def case_of(number, title, *pieces, ref="packed é", codes=None):
        run = refused(*pieces, codes=codes, extensions=agreed) if codes else answered(*pieces, ref=ref, extensions=agreed)
        add(number, title, run)

    case_of("12.2.1", "compressed message", frame(TEXT, packed, rsv=4))
    case_of("12.2.2", "compressed message in fragments", *fragments(packed, 3, rsv=4))
    case_of("12.2.3", "message that is not compressed", frame(TEXT, ask("packed é")))
    case_of("12.2.4", "block that is stored", frame(TEXT, b"\x00" + len(ask("packed é")).to_bytes(2, "little")
            + (0xFFFF ^ len(ask("packed é"))).to_bytes(2, "little") + ask("packed é") + b"\x00", rsv=4))
    case_of("12.2.5", "last block marked as final", frame(TEXT, deflate(ask("packed é"), finish=zlib.Z_FINISH), rsv=4))
    two = deflate_in_two(ask("packed é"))
    case_of("12.2.6", "two blocks", frame(TEXT, two, rsv=4))
    case_of("12.3.1", "garbage", frame(TEXT, b"\x07\x07\x07\x07", rsv=4), codes=[1007])
    case_of("12.3.2", "inflates to more than allowed", frame(TEXT, deflate(bytes(20_000_000)), rsv=4), codes=[1009])
    case_of("12.3.3", "inflates to text that is no UTF-8", frame(TEXT, deflate(b"\xc0\xaf"), rsv=4), codes=[1007])
    case_of("12.3.4", "mark on a ping", frame(PING, b"x", rsv=4), codes=[1002])
    case_of("12.3.5", "mark on a close", frame(CLOSE, b"\x03\xe8", rsv=4), codes=[1002])
    case_of("12.3.6", "mark on a continuation",
            frame(TEXT, packed[:3], fin=False, rsv=4), frame(CONTINUATION, packed[3:], rsv=4), codes=[1002])
    case_of("12.3.7", "other reserved bit", frame(TEXT, packed, rsv=2), codes=[1002])
    case_of("12.3.8", "inflates to one byte more than allowed",
            frame(TEXT, deflate(b"*" * (MAX_MESSAGE + 1)), rsv=4), codes=[1009])
    largest = ask_of_size(MAX_MESSAGE)
    case_of("12.3.9", "inflates to what is just allowed", frame(TEXT, deflate(largest), rsv=4),
            ref="*" * (MAX_MESSAGE - len(ask(""))))


def deflate_in_two(data):
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    half = len(data) // 2
    packed = compressor.compress(data[:half]) + compressor.flush(zlib.Z_FULL_FLUSH)
    return packed + (compressor.compress(data[half:]) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


def upgrade(changes=None, method="GET", version="HTTP/1.1", extra=""):
    """Asks for an upgrade with changed fields (None: left out); status, fields and the connection."""
    fields = {
        "Host": f"{ADDRESS[0]}:{ADDRESS[1]}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Authorization": "Bearer " + TOKEN,
        **(changes or {}),
    }
    tcp = socket.create_connection(ADDRESS, timeout=PATIENCE)
    head = f"{method} /ws {version}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items() if v is not None)
    tcp.sendall((head + extra + "\r\n").encode("latin-1"))
    data = b""
    while b"\r\n\r\n" not in data:
        more = tcp.recv(4_096)
        if not more:
            raise Failure(f"the connection ended after {data!r}")
        data += more
    lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return int(lines[0].split(" ")[1]), headers, tcp


def handshake():
    """14: the request that opens a connection (RFC 6455, section 4)."""

    def gives(status, changes, needed=None, **kind):
        def run():
            got, headers, tcp = upgrade(changes, **kind)
            tcp.close()
            if got != status:
                raise Failure(f"status {got}, expected {status}")
            for name, value in (needed or {}).items():
                if headers.get(name.lower()) != value:
                    raise Failure(f"{name} is {headers.get(name.lower())!r}, expected {value!r}")

        return run

    key = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    add("14.1", "key of the RFC's example", gives(101, {}, {"Sec-WebSocket-Accept": key}))
    add("14.2", "any case, and a list", gives(101, {"Upgrade": "WebSocket", "Connection": "keep-alive, upgrade"}))
    for n, wrong in enumerate(["8", "12", "14", "0", "13.0", "", None], 1):
        add(f"14.3.{n}", f"version {wrong!r}", gives(426, {"Sec-WebSocket-Version": wrong}, {"Sec-WebSocket-Version": "13"}))
    for n, wrong in enumerate([None, "", "short", "dGhlIHNhbXBsZQ==", "*" * 24], 1):
        add(f"14.4.{n}", f"key {wrong!r}", gives(400, {"Sec-WebSocket-Key": wrong}))
    add("14.5.1", "no Upgrade", gives(426, {"Upgrade": None}, {"Upgrade": "websocket"}))
    add("14.5.2", "no Connection", gives(426, {"Connection": None}))
    add("14.5.3", "another protocol", gives(426, {"Upgrade": "h2c"}))
    add("14.6", "POST", gives(405, {}, method="POST", extra="Content-Length: 0\r\n"))
    add("14.7", "HTTP/1.0", gives(426, {}, version="HTTP/1.0"))
    add("14.8", "no Host", gives(400, {"Host": None}))
    add("14.9", "subprotocol that the node does not know is not chosen",
        gives(101, {"Sec-WebSocket-Protocol": "chat"}, {"Sec-WebSocket-Protocol": None}))
    add("14.10", "subprotocol of the node is chosen",
        gives(101, {"Sec-WebSocket-Protocol": "chat, switchboard.v1"}, {"Sec-WebSocket-Protocol": "switchboard.v1"}))
    add("14.11", "no extension without an offer", gives(101, {}, {"Sec-WebSocket-Extensions": None}))


def main():
    for group in (framing, pings, reserved_bits, opcodes, fragmentation, utf8, closing, limits, compression, handshake):
        group()
    wanted = tuple(sys.argv[3:])
    failed = ran = 0
    for number, (title, run) in CASES.items():
        if wanted and not number.startswith(wanted):
            continue
        ran += 1
        try:
            run()
        except (Failure, OSError, AssertionError) as e:
            failed += 1
            print(f"case {number}, {title}: {e}")
    print(f"{ran - failed} passed, {failed} failed")
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    HOST, _, PORT = sys.argv[1].rpartition(":")
    ADDRESS = (HOST, int(PORT))
    TOKEN = sys.argv[2]
    sys.exit(main())
