"""Every code of the audit, by number."""

from queuewatch.failover.audit.code import Code
from queuewatch.failover.audit.stories_of_agents import AGENTS
from queuewatch.failover.audit.stories_of_destinations import DESTINATIONS
from queuewatch.failover.audit.stories_of_rules import RULES
from queuewatch.failover.audit.stories_of_settings import SETTINGS
from queuewatch.failover.audit.stories_of_the_audit import THE_AUDIT

CODES: dict[str, Code] = {
    code.number: code
    for code in sorted((*SETTINGS, *RULES, *DESTINATIONS, *AGENTS, *THE_AUDIT), key=lambda code: code.number)
}

__all__ = ["CODES", "Code"]
