#!/bin/sh
# httpx looks for a library that is not there, four times in every request.
#
# Versions: httpx 0.28.1, httpcore 1.0.9, anyio 4.16.0, CPython 3.11.
#
# Behaviour: httpcore asks "asyncio or trio?" at each of its locks and events by importing sniffio inside the
# function, and takes the ImportError for "asyncio". With these versions nothing in a plain `pip install httpx` brings
# sniffio along. Python remembers modules that were found, and never that one was not: each of these imports goes
# through every finder and every folder of sys.path again.
#
# Seen: 4 searches per request over a kept connection; a quarter to a third of the client's processor time per request
# to a server on the same machine is gone once sys.modules["sniffio"] = None makes the import fail at once.
#
# Why a good guess goes wrong: a profile shows time in importlib, which looks like start-up; the library that is
# optional is cheaper to have than to lack, so the leaner installation is the slower one.
#
# What it means for a program like this: one that asks two questions every few seconds, all day, and does little else
# spends an eighth of its idle time here. It may say once that sniffio is not there, or install it.
#
# Exits 0 while this is so, 1 when it no longer is.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install httpx==0.28.1 httpcore==1.0.9 anyio==4.16.0
"$folder/venv/bin/python" - <<'PROGRAM'
import asyncio
import sys
import time

REQUESTS = 400
searches = 0


class Counting:
    """Stands in front of Python's own finders, and finds nothing."""

    def find_spec(self, name, path=None, target=None):
        global searches
        searches += name == "sniffio"


sys.meta_path.insert(0, Counting())
import httpx


async def serve(reader, writer):
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def cost(client, address):
    """Processor milliseconds for each request, the server's among them."""
    began = time.process_time()
    for _ in range(REQUESTS):
        await client.get(address)
    return (time.process_time() - began) / REQUESTS * 1000


async def main():
    global searches
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get(address)
        searches = 0
        lacking = await cost(client, address)
        each = searches / REQUESTS
        sys.modules["sniffio"] = None
        searches = 0
        known_to_lack = await cost(client, address)
    # The far end notices that the connection is closed.
    await asyncio.sleep(0.1)
    server.close()
    print(f"{each:g} searches a request, {lacking:.2f} ms; known to be missing: {searches} searches, {known_to_lack:.2f} ms")
    return 0 if each >= 1 and searches == 0 else 1


sys.exit(asyncio.run(main()))
PROGRAM
