"""The judgement: what would happen to a call. Plain frozen data and total functions, no I/O and no clock."""
