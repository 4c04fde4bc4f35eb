"""What a person types as a backup destination, and what is offered while they type."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from queuewatch.change import describe_forward
from queuewatch.failover.destination import DestinationKind, attendant_key, meaning, parse_destination
from queuewatch.failover.destination_input import DestinationError, read_destination, read_forward, suggest
from queuewatch.failover.model import AutoAttendant, Forward, PhoneNumber, Queue, User
from queuewatch.failover.wording import describe_destination, short_destination
from tests.failover.build import default, office, to

SALES = Queue("8000", "Sales")
OFFICE = office(
    SALES,
    Queue("8001", "Support"),
    Queue("8002", "Support Nights"),
    Queue("8003", "Billing"),
    Queue("8004", "Billing"),
    Queue("701", "Park 1", park=True),
    users=[
        User("1001", "Ana Lopez"),
        User("1002", "Ben Ito", voicemail=False),
        User("1003"),
        User("8000", "Sales Queue", system=True),
        User("9000", "Main Menu", system=True, voicemail=False),
    ],
    numbers=[PhoneNumber("12145550101", "to-callqueue", "8001")],
    attendants=[AutoAttendant("Main Menu", "9000"), AutoAttendant("", "9002")],
)


def read(typed: str) -> str:
    return read_destination(OFFICE, SALES, typed)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("(214) 555-0100", "2145550100"),
        ("214.555.0100", "2145550100"),
        ("1-214-555-0100", "12145550100"),
        ("+1 214 555 0100", "12145550100"),
        ("2145550100", "2145550100"),
        ("+44 20 7946 0123", "011442079460123"),
        ("+44 (0)20 7946 0123", "011442079460123"),
        ("00 44 20 7946 0123", "011442079460123"),
        ("011-44-20-7946-0123", "011442079460123"),
        ("+449098790123", "011449098790123"),
        ("tel:+1-214-555-0100", "12145550100"),
        ("\u202a(214)\u00a0555\u20110100\u202c", "2145550100"),
        ("\u200bvmail_1001", "vmail_1001"),
        ("911", "911"),
        ("442079460123", "442079460123"),
        ("+44 7700 900123", "011447700900123"),
        ("aa_church_open", "aa_church_open"),
        ("phone_1001-desk", "phone_1001-desk"),
        ("1001", "1001"),
        ("8001", "8001"),
        ("vmail_1001", "vmail_1001"),
        ("  queue_8001 ", "queue_8001"),
        ("phone_1001wp", "phone_1001wp"),
        ("aa_MainMenu", "aa_MainMenu"),
        ("Support", "queue_8001"),
        ("support (8001)", "queue_8001"),
        ("nights", "queue_8002"),
        ("Ana Lopez", "user_1001"),
        ("ana", "user_1001"),
        ("voicemail of Ana Lopez", "vmail_1001"),
        ("Main Menu", "aa_MainMenu"),
        ("Sales", "queue_8000"),
    ],
)
def test_what_is_typed_becomes_what_is_written(typed: str, written: str) -> None:
    assert read(typed) == written


@pytest.mark.parametrize(
    ("typed", "says", "hint"),
    [
        ("", "No destination was given.", "10-digit number"),
        ("   ", "No destination was given.", "10-digit number"),
        ("555-0100", "7 digits", "area code"),
        ("0145550100", "not a number that can be dialled", "11 beginning with 1"),
        ("22145550100", "not a number that can be dialled", "11 beginning with 1"),
        ("10145550100", "not a number that can be dialled", "11 beginning with 1"),
        ("2140550100", "not a number that can be dialled", "11 beginning with 1"),
        ("+2145550100", "a + comes before the country's code", "without the +"),
        ("80-01", "neither an extension nor a phone number", "10-digit number"),
        ("queue_80 01", "character", "10-digit number"),
        ("2145550100;delay=5", "character", "10-digit number"),
        ("Billing", "could be Billing (8003) and Billing (8004)", "which of them"),
        ("Ana Lopes", "is no queue, user, voicemail box or auto attendant here", "Did you mean Ana Lopez?"),
        ("the moon", "“the moon” is no queue, user", "10-digit number"),
    ],
)
def test_what_could_not_be_meant_is_refused_with_the_reason_and_the_way_out(
    typed: str, says: str, hint: str
) -> None:
    with pytest.raises(DestinationError) as refused:
        read(typed)
    assert says in str(refused.value)
    assert hint in refused.value.hint


typing = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[ +()./-]*[0-9 ()-]{0,14}", fullmatch=True),
    st.from_regex(r"[a-z]{0,6}_?[0-9a-z ;<>]{0,8}", fullmatch=True),
)


@given(typing)
@example("２１４５５５０１００")
@example("٢١٤٥٥٥٠١٠٠")
@example("+")
@example("\x1b[31m")
def test_whatever_is_typed_is_read_or_refused_and_nothing_else(typed: str) -> None:
    suggest(OFFICE, SALES, typed)
    refusal: DestinationError | None = None
    written = ""
    try:
        written = read(typed)
    except DestinationError as error:
        refusal = error
    if refusal is not None:
        assert str(refusal).endswith(".")
        assert refusal.hint.endswith(".")
    else:
        assert written.isascii()
        assert parse_destination(written).kind is not DestinationKind.UNREADABLE


@given(typing)
@example("２１４５５５０１００")
@example("")
def test_every_suggestion_can_be_typed_as_it_stands(typed: str) -> None:
    for suggestion in suggest(OFFICE, SALES, typed, most=100):
        assert read(suggestion.text) == suggestion.text
        assert suggestion.label
        assert suggestion.text != "queue_8000"


def test_with_nothing_typed_every_kind_is_offered_and_the_queue_itself_and_the_parks_are_not() -> None:
    offered = suggest(OFFICE, SALES, "", most=100)
    assert [one.text for one in offered] == [
        "queue_8001",
        "queue_8002",
        "queue_8003",
        "queue_8004",
        "aa_MainMenu",
        "9002",
        "vmail_8000",
        "vmail_1001",
        "vmail_1003",
        "user_1001",
        "user_1002",
        "user_1003",
    ]
    assert {one.kind for one in offered} == {"queue", "auto attendant", "voicemail", "user"}
    assert len(suggest(OFFICE, SALES, "")) == 8


@pytest.mark.parametrize(
    ("typed", "first", "kind", "label"),
    [
        ("214-555-0100", "2145550100", "cell or answering service", "(214) 555-0100"),
        ("2145550101", "2145550101", "own number", "(214) 555-0101, leads to Support (8001)"),
        ("+44 20 7946 0123", "011442079460123", "number abroad", "+44 20 7946 0123, written 011442079460123"),
        ("900 555 0100", "9005550100", "premium number", "(900) 555-0100"),
        ("lop", "vmail_1001", "voicemail", "voicemail of Ana Lopez (1001)"),
        ("800", "queue_8001", "queue", "Support (8001)"),
        ("menu", "aa_MainMenu", "auto attendant", "Main Menu (9000)"),
        ("user_1002", "user_1002", "user", "Ben Ito (1002)"),
        ("vmail_8", "vmail_8000", "voicemail", "voicemail of Sales Queue (8000)"),
    ],
)
def test_what_is_typed_brings_up_what_it_could_mean(typed: str, first: str, kind: str, label: str) -> None:
    best = suggest(OFFICE, SALES, typed)[0]
    assert (best.text, best.kind, best.label) == (first, kind, label)


def test_a_name_that_begins_with_what_is_typed_comes_before_one_that_has_it_inside() -> None:
    people = office(SALES, users=[User("1001", "Joan", voicemail=False), User("1002", "Ana", voicemail=False)])
    assert [one.text for one in suggest(people, SALES, "an")] == ["user_1002", "user_1001"]


def test_nothing_is_suggested_that_was_not_read() -> None:
    unread = office(SALES, Queue("8001"), users=None, numbers=None, attendants=None)
    assert [one.text for one in suggest(unread, SALES, "")] == ["queue_8001"]


def test_a_number_that_is_stored_with_a_plus_stays_as_it_is() -> None:
    stored = office(SALES, rules={"8000": [default(offline=to("+442079460123"))]})
    assert read_destination(stored, SALES, " +442079460123 ") == "+442079460123"
    assert read_destination(stored, SALES, "+44 20 7946 0124") == "011442079460124"


PRINTED = [
    *(
        f"{alias}_{who}"
        for alias in ("queue", "user", "vmail")
        for who in ("8000", "8001", "8004", "1001", "1003")
    ),
    *("phone_1001a", "aa_MainMenu", "aa_EmergencyMenu", "park_701", "conf_500"),
    *("8001", "1001", "701", "9000", "9002", "2145550100", "12145550177", "011442079460123"),
]


@pytest.mark.parametrize("written", PRINTED)
def test_every_form_that_is_printed_is_read_as_what_it_was_printed_for(written: str) -> None:
    forward = Forward(True, (written,))
    for printed in (
        describe_destination(OFFICE, written),
        describe_forward(OFFICE, forward),
        short_destination(OFFICE, written),
    ):
        if printed == "Billing":
            # Two queues are called so: it is asked which.
            continue
        again = read_forward(OFFICE, SALES, printed)
        assert again is not None
        assert leads_to(again) == leads_to(written), printed


def leads_to(text: str) -> object:
    """What it comes to, an attendant known by name and by extension alike."""
    kind, target = meaning(OFFICE, text)
    by_extension = {attendant.extension: attendant.name for attendant in OFFICE.attendants or ()}
    if target in OFFICE.queues and kind is not DestinationKind.VOICEMAIL:
        kind = DestinationKind.QUEUE
    return kind, attendant_key(by_extension.get(target) or target)


@pytest.mark.parametrize("printed", ["off", "Off", " off (no rule) "])
def test_off_is_read_as_off(printed: str) -> None:
    assert read_forward(OFFICE, SALES, printed) is None


def test_what_is_called_so_goes_before_what_is_printed_so() -> None:
    odd = office(SALES, Queue("8009", "User 1001"), users=[User("1001", "Ana Lopez")])
    assert read_destination(odd, SALES, "user 1001") == "queue_8009"


def test_who_is_in_no_list_is_read_only_where_a_forward_leads_there() -> None:
    with pytest.raises(DestinationError, match="“user 1999” is no queue, user"):
        read("user 1999")
    rules = {"8000": [default(offline=to("user_1999"))]}
    assert read_destination(office(SALES, rules=rules), SALES, "user 1999") == "user_1999"


@pytest.mark.parametrize("written", ["queue_8000", "vmail_8000", "aa_Main", "12145550100", "user_1001"])
def test_what_another_domain_calls_so_has_no_name_of_here(written: str) -> None:
    foreign = f"{written}@elsewhere.example"
    assert short_destination(OFFICE, foreign) == describe_destination(OFFICE, foreign) == f"“{foreign}”"
    assert short_destination(OFFICE, f"{written}@{OFFICE.domain}") == short_destination(OFFICE, written)
