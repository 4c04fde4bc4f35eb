#!/bin/sh
# httpx 0.28.1: a range of addresses in NO_PROXY is taken for a single address.
#
# Seen: with NO_PROXY=127.0.0.0/8 a request to 127.0.0.1 goes through the proxy; with NO_PROXY=127.0.0.1 it goes
# straight. The range is accepted without a word: it is kept as the pattern all://127.0.0.0/8, whose host is
# 127.0.0.0, so it spares that one address.
#
# Why a good guess goes wrong: a comment in httpx's own source gives 192.168.0.0/16 as an example of what NO_PROXY can
# include, curl has read such ranges since 7.86 and Go's clients do, and other wrong entries (a range of version 6,
# [::1]) raise an error while the client is made. Silence looks like consent.
#
# What it means for a program like this: what is meant to stay inside the house is shown to the proxy. Read NO_PROXY
# yourself, hand httpx the one proxy of this server (proxy=...) and trust_env=False.
#
# Ends with 0 while it is so, and with 1 once httpx reads ranges or refuses them.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q httpx==0.28.1
cat > "$place/try.py" <<'PYTHON'
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx


def serve(name):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(name)))
            self.end_headers()
            self.wfile.write(name.encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


target, proxy = serve("straight"), serve("through the proxy")
for name in list(os.environ):
    if name.lower().endswith("_proxy"):
        del os.environ[name]
os.environ["HTTP_PROXY"] = f"http://127.0.0.1:{proxy}"
seen = {}
for entry in ("127.0.0.1", "127.0.0.0/8"):
    os.environ["NO_PROXY"] = entry
    with httpx.Client() as client:
        seen[entry] = client.get(f"http://127.0.0.1:{target}/").text
    print(f"NO_PROXY={entry}: a request to 127.0.0.1 goes {seen[entry]}")
raise SystemExit(seen != {"127.0.0.1": "straight", "127.0.0.0/8": "through the proxy"})
PYTHON
"$place/venv/bin/python" "$place/try.py"
