"""What this machine's log knows to be proven and drilled on the phone system of a connection."""

from typing import TYPE_CHECKING

from queuewatch.connection.connection import Connection
from queuewatch.failover.audit.proofs import NO_PROOFS, ProofLedger

if TYPE_CHECKING:
    from queuewatch.journal import Journal


def known_proofs(connection: Connection, in_memory: "Journal | None" = None) -> ProofLedger:
    """The ledger of proofs; an empty one where the log cannot be read. Reads a file.

    Of sample data there is no log but the one ``in_memory``, which is gone with the program.
    """
    journal = connection.journal if connection.journal is not None else in_memory
    if journal is None:
        return NO_PROOFS
    from queuewatch.journal import JournalError
    from queuewatch.proof.register import ledger

    try:
        log = journal.read()
    except JournalError:
        # Whoever reads the log for its own sake says so.
        return NO_PROOFS
    system = connection.system
    return ledger(log, (system.address, system.domain), connection.proofs, connection.clock())
