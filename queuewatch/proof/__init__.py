"""A live failover test: everybody of one queue is logged out, somebody calls, and everybody is logged in again."""
