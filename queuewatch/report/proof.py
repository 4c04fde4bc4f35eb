"""A live failover test in text and JSON: what is said before it, and what came of it."""

import json
from collections.abc import Iterator

from queuewatch.failover.destination import numbers_into_queue
from queuewatch.failover.phone_number import format_number
from queuewatch.failover.wording import agent_name, listing, plural
from queuewatch.proof.permission import ProofPlan
from queuewatch.proof.proof import Proof, document, outcome_words


def proof_json(proof: Proof) -> str:
    """The one document."""
    return json.dumps(document(proof), indent=2, ensure_ascii=False)


def numbers_to_dial(plan: ProofPlan) -> tuple[str, ...]:
    """The domain's own numbers that lead straight into the queue, as people write them."""
    return tuple(map(format_number, numbers_into_queue(plan.snapshot, plan.queue.extension)))


def how_to_call(plan: ProofPlan) -> str:
    """What the tester calls, as it goes on after "call"."""
    if numbers := numbers_to_dial(plan):
        return listing(numbers, most=2)
    inside = f"no number leads straight to it; inside it is {plan.queue.extension}"
    return f"it as its callers do, by a menu or another queue ({inside})"


def before_the_test(plan: ProofPlan) -> Iterator[str]:
    """What is said before anybody is asked: what will be done, to whom, and what to do if this machine dies."""
    queue, names = plan.queue, [agent_name(one.agent) for one in plan.agents]
    yield f"A live failover test of {queue.label}"
    yield f"  It logs out {plural(len(names), 'agent')} of this one queue: {listing(names, most=12)}."
    yield f"  A call should then reach {plan.destination_words}. Everybody is logged in again as soon as it did."
    for note in plan.notes:
        yield f"  {note}"
    if plan.asked.my_number:
        yield f"  You then call {how_to_call(plan)}."
    yield f"  If this machine dies: portal, Call Queues, {queue.label}, Edit Agents, log in: {', '.join(names)}."


def after_the_test(proof: Proof) -> Iterator[str]:
    """What came of it."""
    yield f"{proof.label}: {outcome_words(proof)}"
    if proof.why:
        yield f"  {proof.why}"
    for caveat in proof.caveats:
        yield f"  Note: {caveat}"
    for call in proof.other_calls:
        number = format_number(call.number) if call.number else "a hidden number"
        yield f"  Call back: {number} called during the test ({call.at.astimezone():%H:%M:%S})."
    if proof.logged_out:
        every = "Everybody" if len(proof.logged_out) > 1 else "The agent"
        if proof.not_restored:
            many = f"{plural(len(proof.not_restored), 'agent')} of {len(proof.logged_out)}"
            yield f"  {many} could NOT be logged in again: {', '.join(proof.not_restored)}."
        else:
            yield f"  {every} who was logged out is logged in again, which was read back."
    if proof.hint:
        yield f"  {proof.hint}"
