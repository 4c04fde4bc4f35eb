"""A company far larger than the samples, grown from the rows of one of them."""

from msgspec.structs import replace

from queuewatch.pbx.sandbox.samples import Row, Sample, load_sample

FIRST_QUEUE = 8000
FIRST_PERSON = 1000
QUEUES_OF_ONE_PERSON = 5


def large_company(queues: int, agents: int, sites: int = 0) -> Sample:
    """So many queues with so many agents each, all healthy: one in five agents on a call, one in five at lunch.

    Everybody is an agent of five queues, as in a real call centre. With ``sites`` people sit at so many sites by
    turns, so that each queue has agents at as many of them as it can.
    """
    small = load_sample("lakeside")
    seats = [
        (FIRST_QUEUE + queue, FIRST_PERSON + queue // QUEUES_OF_ONE_PERSON * agents + place, place)
        for queue in range(queues)
        for place in range(agents)
    ]
    people = sorted({person for _, person, _ in seats})
    domain = small.domain
    first = small.users[0]
    return replace(
        small,
        name="large",
        title="Large company",
        callqueues=tuple(_queue(small.callqueues[0], FIRST_QUEUE + number) for number in range(queues)),
        agents=tuple(
            _at_site(_seat(small.agents[0], queue, person, place, domain), person, sites)
            for queue, person, place in seats
        ),
        users=(
            *(_at_site(_user(first, str(person), f"Person {person}", ""), person, sites) for person in people),
            *(_user(first, str(FIRST_QUEUE + n), f"Queue {n}", "system-queue") for n in range(queues)),
        ),
        answerrules={str(FIRST_QUEUE + n): (_rule(small, str(FIRST_QUEUE + n)),) for n in range(queues)},
        devices={str(person): (_device(small, str(person)),) for person in people},
    )


def _queue(row: Row, extension: int) -> Row:
    return {
        **row,
        "callqueue": str(extension),
        "description": f"Queue {extension}",
        "active-queued-calls-total-current": 0,
    }


def _at_site(row: Row, person: int, sites: int) -> Row:
    site = f"Site {person % sites + 1}" if sites else ""
    return {**row, "site": site, "sub-site": site} if sites else row


def _seat(row: Row, queue: int, person: int, place: int, domain: str) -> Row:
    return {
        **row,
        "callqueue": str(queue),
        "callqueue-agent-id": f"{person}@{domain}",
        "name-full-name": f"Person {person}",
        "callqueue-agent-availability-type": "manual" if place % 5 == 1 else "automatic",
        "active-calls-total-current": 1 if person % 5 == 2 else 0,
        "ordinal-order": place,
    }


def _user(row: Row, extension: str, name: str, service: str) -> Row:
    return {**row, "user": extension, "name-first-name": name, "name-last-name": "", "service-code": service}


def _rule(small: Sample, extension: str) -> Row:
    (row,) = small.answerrules["8000"]
    own: Row = {"enabled": "yes", "parameters": [f"queue_{extension}"]}
    return {**row, "user": extension, "forward-always": own}


def _device(small: Sample, person: str) -> Row:
    row = small.devices["1001"][0]
    return {**row, "user": person, "device": person}
