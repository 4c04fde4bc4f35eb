"""The failover set-up as a file: written, compared, carried out, and what must hold of it."""
