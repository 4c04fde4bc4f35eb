"""What this machine's log knows to be proven and drilled on the phone system of a connection."""

from queuewatch.connection.connection import Connection
from queuewatch.failover.audit.proofs import NO_PROOFS, ProofLedger


def known_proofs(connection: Connection) -> ProofLedger:
    """The ledger of proofs; an empty one for sample data, and where the log cannot be read. Reads a file."""
    if connection.journal is None:
        return NO_PROOFS
    from queuewatch.journal import JournalError
    from queuewatch.proof.register import ledger

    try:
        log = connection.journal.read()
    except JournalError:
        # Whoever reads the log for its own sake says so.
        return NO_PROOFS
    system = connection.system
    return ledger(log, (system.address, system.domain), connection.proofs, connection.clock())
