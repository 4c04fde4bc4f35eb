#!/bin/sh
# Textual's command palette leaves out whatever stands in square brackets in a name, and still finds it by that.
#
# Version: textual 8.2.8, CPython 3.11.
#
# Behaviour: the title and the help of a SystemCommand, and the strings of a Hit or DiscoveryHit, are read as Textual's
# markup when they are shown. "[slug]" or "[front]" is taken for a style that does not exist: nothing is said, and the
# word is gone. The fuzzy search looks at the string as it was given, so the word finds an entry that does not show it.
#
# Seen: "pages/[slug].tsx" is listed as "pages/.tsx", with or without anything typed; typing "slug" offers "pages/.tsx".
# A title given as textual.content.Content, or as rich's Text, is shown whole.
#
# Why a good guess goes wrong: both fields are typed as plain strings, and names without a bracket look right, in
# every test that has none.
#
# What it means for a program like this: a palette over data (files, queues, people, tickets like "[wip] Sales") must hand
# its names over as Content or Text, escape its help texts, and leave Matcher.highlight alone where there is a bracket.
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

from rich.text import Text
from textual.app import App, SystemCommand
from textual.command import Hit, Provider
from textual.widgets import Input, OptionList

NAME = "pages/[slug].tsx"


class Whole(Provider):
    """The same name, handed over as rich's Text."""

    async def search(self, query):
        if query in NAME:
            yield Hit(0.1, Text(f"as text: {NAME}"), lambda: None, text=NAME)


class Files(App):
    COMMANDS = App.COMMANDS | {Whole}

    def get_system_commands(self, screen):
        yield SystemCommand(NAME, "A page of [every] post.", lambda: None)


async def listed(pilot, query):
    """What the palette offers, line by line."""
    pilot.app.screen.query_one(Input).value = query
    await pilot.pause(1.0)
    return [str(option.prompt).splitlines() for option in pilot.app.screen.query_one(OptionList).options]


async def main():
    async with Files().run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause(1.0)
        at_first = [str(option.prompt).splitlines() for option in pilot.app.screen.query_one(OptionList).options]
        found = await listed(pilot, "slug")
    print("at first:", at_first)
    print("by “slug”:", found)
    eaten = at_first == [["pages/.tsx", "A page of  post."]] and ["pages/.tsx", "A page of  post."] in found
    return 0 if eaten and [f"as text: {NAME}"] in found else 1


sys.exit(asyncio.run(main()))
PROGRAM
