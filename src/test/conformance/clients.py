"""Clients for Python: websockets, aiohttp and httpx-sse.

Each signs in, subscribes, publishes, is cut off, and resumes without a hole or a repeat.
Environment: URL, TOKEN, SERVICE, TENANT.
"""

import asyncio
import json
import os
import urllib.request

import aiohttp
import httpx
import httpx_sse
import websockets

BASE, TOKEN, SERVICE, TENANT = (os.environ[name] for name in ("URL", "TOKEN", "SERVICE", "TENANT"))
SOCKET = BASE.replace("http", "ws") + "/ws"
PATIENCE = 20


def call(path, body, credential):
    headers = {"Authorization": "Bearer " + credential, "Content-Type": "application/json"}
    request = urllib.request.Request(BASE + path, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


async def publish(text):
    event = {"tenant_id": TENANT, "type": "call.incoming", "payload": {"text": text}}
    return (await asyncio.to_thread(call, "/api/v1/events", event, SERVICE))["id"]


class WithWebsockets:
    """The library `websockets`, signed in by header or by subprotocol."""

    def __init__(self, way):
        self.way = way

    async def open(self, query):
        if self.way == "header":
            headers = {"Authorization": "Bearer " + TOKEN}
            self.socket = await websockets.connect(SOCKET + query, additional_headers=headers)
        else:
            protocols = ["switchboard.v1", "bearer." + TOKEN]
            self.socket = await websockets.connect(SOCKET + query, subprotocols=protocols)
            assert self.socket.subprotocol == "switchboard.v1"

    async def send(self, message):
        await self.socket.send(json.dumps(message))

    async def receive(self):
        return json.loads(await self.socket.recv())

    async def cut(self):
        self.socket.transport.abort()

    async def close(self):
        await self.socket.close(1000)
        assert self.socket.close_code == 1000, self.socket.close_code


class WithAiohttp:
    """The library `aiohttp`, signed in by ticket or by a first message."""

    def __init__(self, way):
        self.way = way
        self.session = None

    async def open(self, query):
        self.session = aiohttp.ClientSession()
        if self.way == "ticket":
            ticket = (await asyncio.to_thread(call, "/api/v1/ws/tickets", {"kind": "connect"}, TOKEN))["ticket"]
            query += "&ticket=" + ticket
        # With compression offered, as browsers do.
        self.socket = await self.session.ws_connect(SOCKET + query, compress=15)
        if self.way == "message":
            await self.send({"type": "auth", "payload": {"token": TOKEN}})

    async def send(self, message):
        await self.socket.send_json(message)

    async def receive(self):
        return await self.socket.receive_json()

    async def cut(self):
        self.socket._response.connection.transport.abort()
        await self.session.close()

    async def close(self):
        await self.socket.close(code=1000)
        assert self.socket.close_code == 1000, self.socket.close_code
        await self.session.close()


async def next_of(client, kind):
    """The next message of that type; others are passed over, errors are not."""
    while True:
        message = await asyncio.wait_for(client.receive(), PATIENCE)
        if message["type"] == kind:
            return message
        assert message["type"] != "error", message


async def over_a_socket(client):
    await client.open("?events=no.such.type")
    await next_of(client, "connected")
    await client.send({"type": "subscribe", "ref": {"n": 1}, "payload": {"events": ["call.*", "chat.*"]}})
    assert (await next_of(client, "subscribed"))["ref"] == {"n": 1}
    await client.send({"type": "chat.message", "ref": 2, "session_id": "c", "payload": {"text": "Zoë " * 500}})
    assert (await next_of(client, "published"))["payload"]["id"]
    first = await publish("seen " * 500)
    seen = await next_of(client, "call.incoming")
    assert seen["id"] == first

    await client.cut()
    missed = [await publish(text) for text in "abc"]
    await client.open("?events=call.*&after=" + seen["id"])
    assert (await next_of(client, "connected"))["payload"]["recovered"] is True
    for each in missed:
        assert (await next_of(client, "call.incoming"))["id"] == each
    live = await publish("live")
    assert (await next_of(client, "call.incoming"))["id"] == live
    await client.close()


async def over_a_stream():
    headers = {"Authorization": "Bearer " + TOKEN}
    async with httpx.AsyncClient(base_url=BASE, headers=headers, timeout=PATIENCE) as client:
        path = "/api/v1/events/stream?events=call.*"
        last = ""
        async with httpx_sse.aconnect_sse(client, "GET", path) as source:
            expected = None
            async for event in source.aiter_sse():
                last = event.id or last
                if not event.data:
                    continue
                message = json.loads(event.data)
                if message["type"] == "connected":
                    expected = await publish("seen")
                elif message["type"] == "call.incoming":
                    assert message["id"] == expected
                    break
        missed = [await publish(text) for text in "abc"]
        async with httpx_sse.aconnect_sse(client, "GET", path, headers={"Last-Event-ID": last}) as source:
            got = []
            async for event in source.aiter_sse():
                if not event.data:
                    continue
                message = json.loads(event.data)
                if message["type"] == "connected":
                    assert message["payload"]["recovered"] is True
                elif message["type"] == "call.incoming":
                    got.append(message["id"])
                if len(got) == len(missed):
                    break
        assert got == missed, (got, missed)


async def main():
    for way in ("header", "subprotocol"):
        await over_a_socket(WithWebsockets(way))
        print(f"Python, websockets, signed in by {way}: passed")
    for way in ("ticket", "message"):
        await over_a_socket(WithAiohttp(way))
        print(f"Python, aiohttp, signed in by {way}: passed")
    await over_a_stream()
    print("Python, httpx-sse: passed")


asyncio.run(main())
