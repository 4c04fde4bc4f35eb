"""The proof by exhaustion over all settings of a queue, not only those that bear upon the answer.

``.venv/bin/python -m benchmarks.small_world`` from the checkout; it takes ten minutes, and stops at the first
system for which something does not hold. ``tests/failover/test_small_world.py`` judges some 3,500 of these.
"""

from tests.failover.small_world import EVERYWHERE, every_crew, every_setting, settings
from tests.failover.test_small_world import assert_dark_is_grey, assert_lawful, assert_smallest


def main() -> None:
    """Go through every world and count its systems."""
    settled = 0
    for world in every_setting(EVERYWHERE, EVERYWHERE, EVERYWHERE):
        settled += assert_smallest(world, every=1)
        assert_lawful(world)
    print(f"{settled:>9,} systems: every setting of one queue, beside every decision of the other")
    crewed = 0
    first = settings(EVERYWHERE, ("off",), ("off", "other"))
    for world in every_crew(first, settings(EVERYWHERE, ("off",), ("off", "other"))):
        crewed += assert_smallest(world, every=20)
        assert_lawful(world)
        assert_dark_is_grey(world)
    print(f"{crewed:>9,} systems: every crew of both queues, in every setting by which colours matter")


if __name__ == "__main__":
    main()
