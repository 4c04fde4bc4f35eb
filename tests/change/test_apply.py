"""Every way in which a write can go, and what is said of it. What is said is what was read."""

from dataclasses import dataclass, field

import pytest

from queuewatch.change import (
    Change,
    Proposal,
    RestoreWhenOffline,
    Result,
    ResultKind,
    SetRequireAgents,
    SetWhenOffline,
    apply,
    propose,
)
from queuewatch.change.apply import DEADLINE, LAST_LOOK, LATER_PAUSES, READ_BACK_PAUSE, READ_BACKS, REST
from queuewatch.failover.model import OFF, Forward, Queue, Rule
from queuewatch.pbx.errors import (
    Forbidden,
    Missing,
    Misunderstood,
    PbxError,
    ReadOnly,
    Refused,
    Rejected,
    ServerFault,
    Throttled,
    Unreachable,
)
from queuewatch.pbx.phone_system import StoredRule
from tests.change.in_memory import InMemory
from tests.failover.build import CELL, default, office, to

SALES = Queue("8000", "Sales", require_agents=False)
EVERYDAY = default(offline=to("vmail_8000"), busy=to("vmail_8000"))
TOGGLE, FORWARD, OFF_AGAIN = SetRequireAgents(True), SetWhenOffline(CELL), SetWhenOffline(None)
CHANGES = pytest.mark.parametrize("change", [TOGGLE, FORWARD, OFF_AGAIN])
NO_ANSWER = [
    Unreachable("The connection broke."),
    ServerFault("It failed (500)."),
    Misunderstood("A web page came."),
]


def _never_left(error: PbxError) -> PbxError:
    error.not_sent = True
    return error


@dataclass
class Edit:
    """One edit of a phone system in memory, between its proposal and its result."""

    pbx: InMemory
    proposal: Proposal
    naps: list[float] = field(default_factory=list)
    time: float = 0.0

    async def result(self) -> Result:
        async def nap(seconds: float) -> None:
            self.naps.append(seconds)

        result = await apply(self.pbx, self.proposal, sleep=nap, clock=lambda: self.time)
        assert result.sentence.endswith(".")
        assert "Sales (8000)" in result.sentence
        return result

    def holds_old(self) -> bool:
        return self._held() == (False, EVERYDAY.offline)

    def holds_new(self) -> bool:
        match self.proposal.change:
            case SetRequireAgents(on):
                return self._held() == (on, EVERYDAY.offline)
            case SetWhenOffline() | RestoreWhenOffline() as change:
                return self._held() == (False, change.forward)

    def _held(self) -> tuple[bool | None, Forward]:
        rule = self.pbx.rules["8000"].default
        return self.pbx.queues["8000"].require_agents, rule.offline if rule else OFF


async def edit(change: Change, *rules: Rule) -> Edit:
    snapshot = office(SALES, rules={"8000": rules or [EVERYDAY]})
    pbx = InMemory.holding(snapshot)
    proposal = await propose(pbx, snapshot, SALES, change)
    pbx.asked.clear()
    return Edit(pbx, proposal)


@CHANGES
async def test_a_change_is_written_once_and_confirmed_by_reading_back(change: Change) -> None:
    one = await edit(change)
    result = await one.result()
    assert (result.kind, result.ok) == (ResultKind.CONFIRMED, True)
    assert one.holds_new()
    assert one.pbx.asked == ["stored", "write", "written", "stored", "stored"]
    assert one.naps == [LAST_LOOK * READ_BACK_PAUSE]


async def test_the_rule_goes_back_as_it_was_just_read() -> None:
    one = await edit(FORWARD)
    await one.result()
    fresh = StoredRule(EVERYDAY, {"forward-on-busy": "no", "enabled": "yes"}, {"as": "read"})
    assert one.pbx.written == [("8000", fresh, to(CELL))]


async def test_a_missing_default_rule_is_created() -> None:
    one = await edit(FORWARD, Rule("Holidays", active=True))
    assert (await one.result()).ok
    assert one.pbx.written == [("8000", None, to(CELL))]
    assert [rule.time_frame for rule in one.pbx.rules["8000"].rules] == ["Holidays", "*"]


@CHANGES
async def test_a_change_that_takes_its_time_is_waited_for(change: Change) -> None:
    one = await edit(change)
    one.pbx.reads_until_applied = READ_BACKS - 1
    assert (await one.result()).ok
    assert one.pbx.asked.count("stored") == 1 + READ_BACKS + 1
    assert len(one.naps) == READ_BACKS - 1 + 1


@CHANGES
async def test_a_write_that_does_nothing_is_unconfirmed_and_what_stands_is_said(change: Change) -> None:
    one = await edit(change)
    one.pbx.ignores_writes = True
    result = await one.result()
    assert result.kind is ResultKind.UNCONFIRMED
    assert "still shows" in result.sentence
    assert ("No" if change is TOGGLE else "vmail_8000") in result.sentence
    assert one.holds_old()
    assert len(one.pbx.written) == 1


@CHANGES
async def test_another_setting_that_changed_with_it_is_an_alarm_by_name(change: Change) -> None:
    one = await edit(change)

    def spoil() -> None:
        one.pbx.settings["Max queue length"] = "0"
        one.pbx.blocks["forward-on-busy"] = "yes · 911"

    one.pbx.on("written", 1, spoil)
    result = await one.result()
    assert result.kind is ResultKind.SPOILED
    assert ("Max queue length" if change is TOGGLE else "forward-on-busy") in result.sentence
    assert "enabled" not in result.sentence
    assert "is now" in result.sentence
    assert result.hint


async def test_an_alarm_is_given_even_if_the_change_itself_was_not_made() -> None:
    one = await edit(FORWARD)
    one.pbx.ignores_writes = True
    one.pbx.on("written", 1, lambda: one.pbx.blocks.pop("forward-on-busy"))
    result = await one.result()
    assert result.kind is ResultKind.SPOILED
    assert "still shows vmail_8000, but forward-on-busy (no → nothing) changed as well" in result.sentence


async def test_a_forward_that_is_off_may_keep_its_old_number() -> None:
    one = await edit(OFF_AGAIN)
    one.pbx.ignores_writes = True
    one.pbx.on("written", 1, lambda: one.pbx.set_when_offline("8000", Forward(False, ("vmail_8000",))))
    assert (await one.result()).ok


@CHANGES
async def test_nothing_is_written_where_the_fresh_reading_fails(change: Change) -> None:
    one = await edit(change)
    one.pbx.on("stored", 1, Refused("The token was refused.", "Get another."))
    result = await one.result()
    assert (result.kind, result.hint) == (ResultKind.NOT_SENT, "Get another.")
    assert "was not changed: The token was refused." in result.sentence
    assert not one.pbx.written


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (TOGGLE, "it (No → Yes)"),
        (FORWARD, "it (vmail_8000 → 3125550199)"),
        (OFF_AGAIN, "it (vmail_8000 → 3125550199)"),
    ],
)
async def test_nothing_is_written_over_what_somebody_else_just_set(change: Change, told: str) -> None:
    one = await edit(change)
    one.pbx.set_require_agents("8000", True)
    one.pbx.set_when_offline("8000", to("3125550199"))
    result = await one.result()
    assert result.kind is ResultKind.MOVED
    assert told in result.sentence
    assert not one.pbx.written


@CHANGES
async def test_nothing_is_written_over_another_setting_somebody_just_set(change: Change) -> None:
    one = await edit(change)
    one.pbx.settings["Max queue length"] = "99"
    one.pbx.blocks["forward-on-busy"] = "yes · 911"
    result = await one.result()
    assert result.kind is ResultKind.MOVED
    told = "Max queue length (10 → 99)" if change is TOGGLE else "forward-on-busy (no → yes · 911)"
    assert f"somebody changed {told} in the meantime" in result.sentence
    assert not one.pbx.written


async def test_a_default_rule_that_appeared_in_the_meantime_is_not_overwritten() -> None:
    one = await edit(FORWARD, Rule("Holidays"))
    one.pbx.set_when_offline("8000", to("3125550199"))
    result = await one.result()
    assert result.kind is ResultKind.MOVED
    assert "somebody changed it (no Default rule → 3125550199) in the meantime" in result.sentence
    assert not one.pbx.written


async def test_the_number_stored_in_a_forward_that_is_off_is_not_written_over_unseen() -> None:
    one = await edit(FORWARD, default())
    one.pbx.set_when_offline("8000", Forward(False, ("3125550199",)))
    result = await one.result()
    assert result.kind is ResultKind.MOVED
    assert "it (off → off (stored: 3125550199))" in result.sentence
    assert not one.pbx.written


@CHANGES
@pytest.mark.parametrize("lost", [True, False])
async def test_another_value_than_was_written_is_told_and_nobody_is_blamed(change: Change, lost: bool) -> None:
    one = await edit(change)

    def store() -> None:
        one.pbx.set_require_agents("8000", None)
        one.pbx.set_when_offline("8000", to("3125550199"))
        if lost:
            raise ServerFault("It failed (504).")

    one.pbx.ignores_writes = True
    one.pbx.on("written", 1, store)
    result = await one.result()
    assert result.kind is ResultKind.DIFFERENT
    stored = "not readable" if change is TOGGLE else "3125550199"
    assert result.sentence.endswith(f", and the phone system stored {stored}.")
    assert (" was sent as " if lost else " was accepted as ") in result.sentence
    assert "omebody else" not in result.sentence


ELSEWHERE: list[dict[str, str]] = [
    {"the rule Holidays: forward-on-busy": "yes · 911"},
    {"a second Default rule: enabled": "yes", "a second Default rule: forward-always": "yes · 911"},
    {},
]


@pytest.mark.parametrize("beside", ELSEWHERE)
@pytest.mark.parametrize("rules", [[EVERYDAY], [Rule("Holidays", active=True)]], ids=["a rule", "none"])
async def test_every_other_rule_of_the_user_is_compared(beside: dict[str, str], rules: list[Rule]) -> None:
    one = await edit(FORWARD, *rules)
    one.pbx.beside = {"the rule Holidays: forward-on-busy": "no"}
    one.proposal = await propose(one.pbx, office(SALES, rules={"8000": rules}), SALES, FORWARD)
    one.pbx.on("written", 1, lambda: setattr(one.pbx, "beside", beside))
    result = await one.result()
    assert result.kind is ResultKind.SPOILED
    for name in beside or ["the rule Holidays: forward-on-busy (no → nothing)"]:
        assert name in result.sentence


async def test_another_rule_that_somebody_changed_meanwhile_is_not_taken_for_our_doing() -> None:
    one = await edit(FORWARD)
    one.pbx.beside = {"the rule Holidays: forward-on-busy": "yes · 911"}
    result = await one.result()
    assert result.kind is ResultKind.MOVED
    assert "somebody changed the rule Holidays: forward-on-busy (nothing → yes · 911)" in result.sentence
    assert not one.pbx.written


@CHANGES
async def test_a_change_is_looked_at_once_more_a_moment_after_it_showed(change: Change) -> None:
    one = await edit(change)

    def overtake() -> None:
        one.pbx.set_require_agents("8000", False)
        one.pbx.set_when_offline("8000", to("3125550199"))
        one.pbx.blocks["forward-on-busy"] = "yes · 911"

    one.pbx.on("stored", 3, overtake)
    result = await one.result()
    assert result.kind is ResultKind.OVERTAKEN
    assert "a moment later it was different: it (" in result.sentence
    assert ("it (Yes → No)" if change is TOGGLE else " → 3125550199), forward-on-busy (no → yes · 911).") in (
        result.sentence
    )


async def test_a_last_look_that_fails_leaves_what_was_read_and_says_so() -> None:
    one = await edit(TOGGLE)
    one.pbx.on("stored", 3, Unreachable("No answer."))
    result = await one.result()
    assert result.ok
    assert "did not answer when it was to be looked at once more" in result.hint


@pytest.mark.parametrize(("seconds", "warned"), [(1.9, False), (2.0, True), (14.0, True)])
async def test_who_takes_longer_than_others_wait_says_what_may_have_been_lost(
    seconds: float, warned: bool
) -> None:
    one = await edit(TOGGLE)
    one.pbx.on("written", 1, lambda: setattr(one, "time", seconds))
    result = await one.result()
    assert result.ok
    assert ("their change is lost" in result.hint) is warned


@CHANGES
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Rejected("It said no."), ResultKind.REFUSED),
        (Refused("Not that token."), ResultKind.REFUSED),
        (Forbidden("Not yours."), ResultKind.REFUSED),
        (Missing("No such queue."), ResultKind.REFUSED),
        (ReadOnly("Read-only."), ResultKind.NOT_SENT),
        (_never_left(Unreachable("The name cannot be found.")), ResultKind.NOT_SENT),
    ],
)
async def test_a_refused_write_leaves_the_old_state_and_says_so(
    change: Change, error: PbxError, kind: ResultKind
) -> None:
    one = await edit(change)
    one.pbx.on("write", 1, error)
    result = await one.result()
    assert result.kind is kind
    assert f"was not changed: {error}" in result.sentence
    assert one.holds_old()


@CHANGES
@pytest.mark.parametrize("error", [*NO_ANSWER, Throttled("Too busy.")])
async def test_a_lost_answer_to_a_write_that_arrived_is_found_out(change: Change, error: PbxError) -> None:
    one = await edit(change)
    one.pbx.on("written", 1, error)
    assert (await one.result()).kind is ResultKind.CONFIRMED
    assert one.holds_new()
    assert len(one.pbx.written) == 1


@CHANGES
@pytest.mark.parametrize("error", [*NO_ANSWER, Throttled("Too busy.")])
async def test_a_lost_write_is_looked_for_until_a_minute_is_over_and_stays_not_known(
    change: Change, error: PbxError
) -> None:
    one = await edit(change)
    one.pbx.on("write", 1, error)
    result = await one.result()
    assert result.kind is ResultKind.UNKNOWN
    assert f"was changed is not known: {error} Reading back still shows" in result.sentence
    assert one.holds_old()
    assert not one.pbx.written
    assert 50 < sum(one.naps) < DEADLINE


@CHANGES
async def test_a_phone_system_gone_silent_leaves_it_unknown(change: Change) -> None:
    one = await edit(change)
    silence = Unreachable("No answer.")
    one.pbx.on("written", 1, lambda: one.pbx.always("stored", silence))
    result = await one.result()
    assert result.kind is ResultKind.UNKNOWN
    assert "could not be read back: No answer." in result.sentence
    assert one.pbx.asked.count("stored") == 1 + READ_BACKS + len(LATER_PAUSES)
    assert 50 < sum(one.naps) < DEADLINE


@CHANGES
async def test_a_phone_system_gone_silent_over_the_write_leaves_it_unknown(change: Change) -> None:
    one = await edit(change)
    silence = Unreachable("No answer.")

    def fall_silent() -> None:
        one.pbx.always("stored", silence)
        raise silence

    one.pbx.on("write", 1, fall_silent)
    result = await one.result()
    assert result.kind is ResultKind.UNKNOWN
    assert result.sentence.startswith("Whether ")
    assert result.hint


@CHANGES
async def test_one_lost_answer_while_reading_back_is_borne(change: Change) -> None:
    one = await edit(change)
    one.pbx.on("stored", 2, Unreachable("No answer."))
    assert (await one.result()).ok
    assert len(one.naps) == 2


@CHANGES
async def test_a_phone_system_that_asks_for_rest_while_reading_back_gets_it(change: Change) -> None:
    one = await edit(change)
    one.pbx.on("stored", 2, Throttled("Too many requests."))
    assert (await one.result()).ok
    assert one.naps[0] == REST * READ_BACK_PAUSE >= 10


@pytest.mark.parametrize("kind", ResultKind)
def test_only_a_confirmed_change_is_well(kind: ResultKind) -> None:
    assert Result(kind, "So it is.").ok is (kind is ResultKind.CONFIRMED)
