"""``queuewatch prove --past``: the sample company's week, and the words that go with it."""

import csv
import io
import json

import pytest

from .conftest import Run, Serve


def test_the_sample_companys_week_is_told_in_every_form(run: Run) -> None:
    ran = run("prove", "--past", "--sample", "lakeside", "Front Desk", "8002", "--json")
    assert (ran.status, ran.err) == (0, "")
    times = json.loads(ran.out)["times"]
    assert [(time["queue"], time["calls"], time["answered"]) for time in times] == [
        ("8002", 2, 2),
        ("8000", 9, 9),
        ("8002", 4, 3),
        ("8002", 0, 0),
    ]
    text = run("prove", "--past", "--sample", "lakeside", "8000").out
    assert "1 time with every agent Grey: 9 calls came, every one answered." in " ".join(text.split())
    assert "9 calls, 9 reached (214) 555-0100; the longest wait was 12 s." in text
    rows = list(csv.DictReader(io.StringIO(run("prove", "--past", "--sample", "lakeside", "--format", "csv").out)))
    assert len(rows) == 9
    assert "| Front Desk (8000) |" in run("prove", "--past", "--sample", "lakeside", "--format", "markdown").out
    page = run("prove", "--past", "--sample", "lakeside", "--format", "html").out
    assert "Billing &amp; Insurance (8002): 1 of 4 calls reached nobody" in page


def test_a_phone_system_that_nobody_watched_has_nothing_to_tell(run: Run, serve: Serve) -> None:
    pbx = serve("lakeside")
    ran = run("prove", "--past")
    assert ran.status == 0
    assert "Nothing has been kept yet about lakeside.example" in " ".join(ran.out.split())
    assert not [request for request in pbx.requests if request.path.endswith("/cdrs")]


def test_a_queue_that_there_is_not_is_no_queue_of_which_nothing_is_kept(run: Run, serve: Serve) -> None:
    serve("lakeside")
    wrong = run("prove", "Front Desl", "--past")
    assert (wrong.status, wrong.out) == (2, "")
    assert "There is no queue “Front Desl”." in wrong.err
    assert "Did you mean “Front Desk”?" in wrong.err
    assert run("prove", "front desk", "--past").status == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--past", "--restore"), "--past makes no call"),
        (("--past", "8000", "--call-from", "1001"), "--past makes no call"),
        (("8000", "--since", "7d"), "--since and --until are of --past."),
        (("8000", "8001"), "One queue is tested at a time."),
        (("8000", "--format", "html"), "A test is told as text or JSON."),
        (("--past", "8009"), "8009"),
        (("--past", "--since", "tomorrow"), "“tomorrow”"),
    ],
)
def test_wrong_words_are_said_before_anything_is_read(run: Run, words: tuple[str, ...], said: str) -> None:
    ran = run("prove", "--sample", "lakeside", *words)
    assert ran.status == 2
    assert said in ran.err
