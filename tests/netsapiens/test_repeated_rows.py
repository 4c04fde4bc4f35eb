"""A list that comes again is read as if it had never come before, whatever of it is not read again."""

import json
import sys
from collections.abc import Callable
from unittest import mock

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queuewatch.failover.model import Queue
from queuewatch.pbx.netsapiens import NetsapiensDomain, repeated_rows
from queuewatch.pbx.netsapiens.agents import AgentList, read_agents
from queuewatch.pbx.netsapiens.queues import QueueList, read_queues
from queuewatch.pbx.netsapiens.rate_limit import RateLimiter
from queuewatch.pbx.netsapiens.responses import rows_of
from queuewatch.pbx.phone_system import LiveReading, grouped
from tests.netsapiens.test_agents import ANA, CALLS
from tests.netsapiens.test_queues import SALES as SALES_ROW

DOMAIN = "example.com"
BEN = {**ANA, "callqueue-agent-id": "1002@example.com", "name-full-name": "Ben Ortiz"}
CARA = {**ANA, "callqueue-agent-id": "1003@example.com", "callqueue": "8001"}
SALES = Queue("8000", agents_total=2)
QUEUES = (SALES, Queue("8001"))
BUSY = {**BEN, CALLS: 1}
BASE = [ANA, BEN, CARA]


def body(*rows: object) -> bytes:
    return json.dumps(rows).encode()


def known(*rows: object, queues: tuple[Queue, ...] = QUEUES) -> AgentList:
    agents = AgentList(DOMAIN)
    agents.read(rows, queues, listed=True, body=body(*rows))
    return agents


ROWS = st.sampled_from(
    [
        *BASE,
        BUSY,
        {**CARA, CALLS: 2},
        {**ANA, CALLS: "busy"},
        {**ANA, "domain": "other.example"},
        {**ANA, "callqueue": "queue_8000"},
        {**ANA, "callqueue": None},
        {**CARA, "callqueue": "8009"},
        {**BEN, "callqueue-agent-id": ""},
        {**BEN, CALLS: True},
        None,
        "row",
    ]
)
LISTS = st.lists(ROWS, max_size=4) | st.permutations(BASE) | st.just(BASE) | st.just([ANA, BUSY, CARA])
SOME_QUEUES = st.sampled_from([QUEUES, (SALES,), (Queue("8000", agents_total=4), *QUEUES[1:])])


@given(st.lists(st.tuples(LISTS, SOME_QUEUES), min_size=2, max_size=5))
def test_reading_on_is_the_same_as_reading_anew(readings: list[tuple[list[object], tuple[Queue, ...]]]) -> None:
    agents = AgentList(DOMAIN)
    for rows, queues in readings:
        answer = body(*rows)
        found = agents.read_again(answer, queues) or agents.read(rows, queues, listed=True, body=answer)
        assert found == read_agents(rows, queues, domain=DOMAIN)
        assert agents.by_queue in ({}, grouped(found[0]))


def test_of_a_list_with_one_change_one_row_is_read() -> None:
    agents = known(*BASE)
    before = agents.by_queue
    with mock.patch("queuewatch.pbx.netsapiens.repeated_rows.json.loads", wraps=json.loads) as parse:
        found = agents.read_again(body(ANA, BUSY, CARA), QUEUES)
    assert parse.call_count == 1
    assert found == read_agents([ANA, BUSY, CARA], QUEUES, domain=DOMAIN)
    assert agents.by_queue["8001"] is before["8001"]
    assert agents.by_queue["8000"][0] is before["8000"][0]
    assert agents.by_queue["8000"][1].calls == 1


@pytest.mark.parametrize(
    "then",
    [
        pytest.param(body(BEN, ANA, CARA), id="another order"),
        pytest.param(body(*BASE, {**BEN, "callqueue": "8001"}), id="one more"),
        pytest.param(body(ANA, BEN), id="one fewer"),
        pytest.param(body(ANA, {**BEN, CALLS: "busy"}, CARA), id="a value that makes no sense"),
        pytest.param(body(ANA, ANA, CARA), id="one twice"),
        pytest.param(body(ANA, {**BEN, "callqueue": "8001"}, CARA), id="one in another queue"),
        pytest.param(body(ANA, {**BEN, "domain": "other.example"}, CARA), id="one of another domain"),
        pytest.param(body(ANA, None, CARA), id="no object"),
        pytest.param(body(ANA, {**BUSY, "x": float("nan")}, CARA), id="NaN"),
        pytest.param(body(ANA, {**BUSY, "x": "\ud800"}, CARA), id="half a character"),
        pytest.param(b"\xef\xbb\xbf" + body(ANA, BUSY, CARA), id="a byte order mark"),
        pytest.param(json.dumps([ANA, BUSY, CARA]).encode("utf-16"), id="UTF-16"),
        pytest.param(json.dumps({"data": [ANA, BUSY, CARA]}).encode(), id="wrapped by a gateway"),
        pytest.param(body(ANA, BUSY, CARA)[:-1], id="cut off"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[" * 100_000, id="nested too deep"),
        pytest.param(body(ANA, BUSY, CARA).replace(b": 1,", b": " + b"1" * 5000 + b","), id="a number too long"),
    ],
)
def test_anything_unusual_is_for_the_reader_of_whole_lists(then: bytes) -> None:
    assert known(*BASE).read_again(then, QUEUES) is None


@pytest.mark.parametrize(
    "queues", [(SALES,), (Queue("8000", agents_total=3), *QUEUES[1:]), (*QUEUES, Queue("8002"))]
)
def test_so_is_a_list_whose_queues_count_other_agents(queues: tuple[Queue, ...]) -> None:
    assert known(*BASE).read_again(body(*BASE), queues) is None


@pytest.mark.parametrize("first", [[ANA, ANA], [ANA, {**BEN, CALLS: "busy"}], [], [ANA, None]])
def test_a_list_that_was_not_wholly_understood_is_not_compared_with(first: list[object]) -> None:
    assert known(*first).read_again(body(*first), QUEUES) is None


def test_whoever_is_only_counted_stays_counted() -> None:
    queues = (Queue("8000", agents_total=4), *QUEUES[1:])
    agents = known(*BASE, queues=queues)
    found = agents.read_again(body(ANA, BUSY, CARA), queues)
    assert found == read_agents([ANA, BUSY, CARA], queues, domain=DOMAIN)
    assert found is not None
    assert sum(not agent.listed for agent in found[0]) == 2


def test_one_message_is_held_and_none_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = body(*BASE), body(ANA, BUSY, CARA)
    free = sys.getrefcount(first)
    agents = AgentList(DOMAIN)
    agents.read(BASE, QUEUES, listed=True, body=first)
    assert sys.getrefcount(first) > free
    assert agents.read_again(second, QUEUES)
    assert sys.getrefcount(first) == free
    monkeypatch.setattr(repeated_rows, "LARGEST", len(first) - 1)
    assert known(*BASE).read_again(first, QUEUES) is None


def test_no_row_of_a_list_that_is_held_is_held_beside_it_and_yet_it_is_the_same_agent_again() -> None:
    rows = json.loads(body(*BASE))
    unread = [sys.getrefcount(row) for row in rows]
    agents = AgentList(DOMAIN)
    first, _ = agents.read(rows, QUEUES, listed=True, body=body(*BASE))
    assert [sys.getrefcount(row) for row in rows] == unread
    assert agents.read_again(body(ANA, BUSY, CARA), QUEUES)
    for then in ([CARA, BUSY, ANA], [ANA, CARA]):
        again, _ = agents.read(then, QUEUES, listed=True, body=body(*then))
        assert again == read_agents(then, QUEUES, domain=DOMAIN)[0]
        same = [agent for agent in again if agent.id in (first[0].id, first[2].id)]
        assert len(same) == 2
        assert {*map(id, same)} <= {*map(id, first)}


LEADS = {**SALES_ROW, "callqueue": "8001"}
FULLER = {**LEADS, "active-queued-calls-total-current": 4}


def test_queues_are_read_again_where_they_changed() -> None:
    queues = QueueList(DOMAIN)
    first, _ = queues.read([SALES_ROW, LEADS], body=body(SALES_ROW, LEADS))
    again = queues.read_again(body(SALES_ROW, FULLER))
    assert again == read_queues([SALES_ROW, FULLER], DOMAIN)[0]
    assert again is not None
    assert again[0] is first[0]


@pytest.mark.parametrize(
    "row", [None, SALES_ROW, {**FULLER, "domain": "other.example"}, {**FULLER, "site": [1]}, {"callqueue": ""}]
)
def test_queues_too_are_read_whole_where_anything_is_unusual(row: object) -> None:
    queues = QueueList(DOMAIN)
    queues.read([SALES_ROW, LEADS], body=body(SALES_ROW, LEADS))
    assert queues.read_again(body(SALES_ROW, row)) is None


CELLS = st.one_of(st.integers(0, 12), st.text('{}[],:" aé', max_size=4))
LAYOUTS = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n\t", " : ")])
MANY_ROWS = st.lists(st.dictionaries(st.sampled_from("ab"), CELLS), min_size=1, max_size=30)


@st.composite
def lists_alike(draw: st.DrawFn) -> tuple[list[object], list[bytes]]:
    """A list, and messages with lists that are like it or not, each like the one before it."""
    rows: list[object] = [*draw(MANY_ROWS)]
    first, messages = rows, list[bytes]()
    for separators in draw(st.lists(LAYOUTS, min_size=1, max_size=3)):
        changes = draw(st.dictionaries(st.integers(0, len(rows) + 1), st.dictionaries(st.just("b"), CELLS)))
        rows = [changes.get(place, row) for place, row in enumerate(rows)]
        messages.append(json.dumps(rows, separators=separators, ensure_ascii=draw(st.booleans())).encode())
    return first, messages


@settings(max_examples=150)
@given(lists_alike(), LAYOUTS, st.sampled_from([(1, 1, 1), (7, 2, 3), (8192, 8, 200)]))
def test_a_list_that_is_alike_is_known_again_however_it_is_laid_out(
    lists: tuple[list[object], list[bytes]], layout: tuple[str, str], bounds: tuple[int, int, int]
) -> None:
    first, messages = lists
    with (
        mock.patch.object(repeated_rows, "PIECE", bounds[0]),
        mock.patch.object(repeated_rows, "IN_A_ROW", bounds[1]),
        mock.patch.object(repeated_rows, "MOST_PARTS", bounds[2]),
    ):
        known: repeated_rows.RepeatedRows[object] = repeated_rows.RepeatedRows()
        known.keep(json.dumps(first, separators=layout).encode(), first)
        for message in messages:
            before, now = known.items, json.loads(message)
            changes = known.compare(message, lambda fields, _: fields)
            assert changes is not None
            assert list(known.items) == now
            differ = [pair for pair in zip(before, now, strict=True) if pair[0] != pair[1]]
            assert [pair for pair in changes if pair[0] != pair[1]] == differ


BROKEN = [
    ("[", "]"),
    ("[", ""),
    ("", "]"),
    ("x", "]"),
    ("[[", "]"),
    ("[,", "]"),
    ("[", "]]"),
    ("[", ",]"),
    ("[", "]x"),
]
SPOILT = [(b'"b"', b"b"), (b",", b"\x0b,"), (b",", b",,"), (b"{", b"("), (b"}", b""), (b",", b"")]


@given(MANY_ROWS, LAYOUTS, st.sampled_from(BROKEN), st.sampled_from(SPOILT), st.booleans())
def test_no_other_list_and_no_broken_one_is_taken_for_it(
    first: list[object], layout: tuple[str, str], ends: tuple[str, str], spoilt: tuple[bytes, bytes], last: bool
) -> None:
    whole = json.dumps(first, separators=layout)
    place = whole.encode().rfind(spoilt[0]) if last else whole.encode().find(spoilt[0])
    messages = [f"{ends[0]}{whole[1:-1]}{ends[1]}".encode()]
    if place >= 0:
        messages.append(whole.encode()[:place] + spoilt[1] + whole.encode()[place + len(spoilt[0]) :])
    for message in messages:
        known: repeated_rows.RepeatedRows[object] = repeated_rows.RepeatedRows()
        known.keep(whole.encode(), first)
        changes = known.compare(message, lambda fields, _: fields)
        try:
            then = json.loads(message)
        except ValueError:
            assert changes is None
        else:
            assert changes is None or [*known.items] == then


@given(MANY_ROWS, MANY_ROWS, LAYOUTS)
def test_no_list_of_another_length_is_taken_for_it(
    first: list[object], then: list[object], layout: tuple[str, str]
) -> None:
    known: repeated_rows.RepeatedRows[object] = repeated_rows.RepeatedRows()
    known.keep(json.dumps(first, separators=layout).encode(), first)
    changes = known.compare(json.dumps(then, separators=layout).encode(), lambda fields, _: fields)
    assert changes is None if len(then) != len(first) else [*known.items] == then


def test_far_more_than_a_few_changes_are_read_as_well() -> None:
    rows = [{**ANA, "callqueue-agent-id": f"{2000 + nth}@example.com"} for nth in range(600)]
    queues = (Queue("8000", agents_total=600),)
    agents = known(*rows, queues=queues)
    for step in (2, 3, 300, 1):
        rows = [{**row, CALLS: step} if nth % step == 0 else row for nth, row in enumerate(rows)]
        found = agents.read_again(body(*rows), queues)
        assert found == read_agents(rows, queues, domain=DOMAIN)


class Server(httpx.AsyncBaseTransport):
    """Answers with whatever the lists are now, and knows no further pages."""

    def __init__(self) -> None:
        self.lists = {"callqueues": body(SALES_ROW, LEADS), "agents": body(*BASE)}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = b"[]" if request.url.query else self.lists[request.url.path.rpartition("/")[2]]
        return httpx.Response(200, content=answer)

    def connect(self) -> NetsapiensDomain:
        return NetsapiensDomain(
            "http://localhost", DOMAIN, "nsd_x", transport=lambda: self, rate_limiter=RateLimiter(window=0.0)
        )

    async def read(self) -> LiveReading:
        domain = self.connect()
        try:
            return await domain.read_live()
        finally:
            await domain.close()


def _a_hundred(rows: list[dict[str, object]]) -> bytes:
    return body(*({**rows[0], "callqueue-agent-id": f"{2000 + nth}@example.com"} for nth in range(100)))


@pytest.mark.parametrize(
    ("change", "whole"),
    [
        (lambda: body(*BASE), 0),
        (lambda: body(ANA, BUSY, CARA), 0),
        (lambda: body(CARA, ANA, BEN), 1),
        (lambda: body(ANA, {**BUSY, "x": float("nan")}, CARA), 1),
        (lambda: body(ANA, {**BUSY, "x": "\ud800"}, CARA), 1),
        (lambda: b"\xef\xbb\xbf" + body(ANA, BUSY, CARA), 1),
        (lambda: _a_hundred([ANA]), 2),
        (lambda: b"[]", 1),
    ],
)
async def test_a_refresh_reads_the_same_whichever_way_it_goes(change: Callable[[], bytes], whole: int) -> None:
    server = Server()
    domain = server.connect()
    await domain.read_live()
    server.lists["agents"] = change()
    with mock.patch("queuewatch.pbx.netsapiens.client.rows_of", wraps=rows_of) as whole_lists:
        refreshed = await domain.read_live()
    assert whole_lists.call_count == whole
    anew = await server.read()
    assert (refreshed.queues, refreshed.agents, refreshed.problems) == (anew.queues, anew.agents, anew.problems)
    await domain.close()


async def test_a_page_of_exactly_a_hundred_is_asked_on_at_every_refresh() -> None:
    server = Server()
    server.lists["agents"] = _a_hundred([ANA])
    domain = server.connect()
    await domain.read_live()
    with mock.patch("queuewatch.pbx.netsapiens.client.rows_of", wraps=rows_of) as whole_lists:
        await domain.read_live()
    assert whole_lists.call_count == 2
    await domain.close()
