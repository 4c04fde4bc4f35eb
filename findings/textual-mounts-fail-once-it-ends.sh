#!/bin/sh
# Textual: from App.exit() until the screens are closed, whatever mounts a widget is an error that ends the program badly.
#
# Version: textual 8.2.8, CPython 3.11.
#
# Behaviour: App.exit() sets a flag, and from then on is_attached is false for every widget, while the widgets are still
# there, are still sent messages, and App.is_running is still true. Widget.mount() looks at is_attached and raises
# MountError ("Can't mount widget(s) before Container() is mounted"). It is not caught: the traceback is printed over the
# restored terminal and the return code is 1. A widget that is being removed, on the other hand, takes a mount in silence.
#
# Seen: a handler that mounts a label works before exit(); the same message, sent before exit() and handled after it, ends
# the program with a MountError.
#
# Why a good guess goes wrong: exit() is taken for a request that is carried out later, so that handlers meanwhile run as
# ever; and who guards against the end asks App.is_running, which says yes. By hand one never meets it: between exit() and
# the end there are milliseconds. Under a service manager, or in tests on a slow machine, a reading or a resize falls in.
#
# What it means for a program like this: what mounts something in answer to data, a timer or a size must ask is_attached
# of what it mounts into, not is_running.
#
# Exits 0 while this is so, 1 when it no longer is.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install textual==8.2.8
"$folder/venv/bin/python" - <<'PROGRAM'
import asyncio
import sys

from textual.app import App
from textual.containers import Container
from textual.message import Message
from textual.widget import MountError
from textual.widgets import Label


class News(Message):
    """There is something to show."""


class Board(App):
    running_when_asked = attached_when_asked = None

    def compose(self):
        yield Container()

    def on_news(self):
        container = self.query_one(Container)
        self.running_when_asked, self.attached_when_asked = self.is_running, container.is_attached
        container.mount(Label("news"))


async def main():
    app = Board()
    async with app.run_test() as pilot:
        app.post_message(News())
        await pilot.pause()
        before = (len(app.query(Label)), app.running_when_asked, app.attached_when_asked)
    print("before exit():", *before)

    app, failed = Board(), None
    try:
        async with app.run_test() as pilot:
            app.post_message(News())
            app.exit()
    except MountError as error:
        failed = error
    after = (app.running_when_asked, app.attached_when_asked)
    print("after exit():", *after, repr(failed), "return code", app.return_code)
    return 0 if before == (1, True, True) and after == (True, False) and failed and app.return_code == 1 else 1


sys.exit(asyncio.run(main()))
PROGRAM
