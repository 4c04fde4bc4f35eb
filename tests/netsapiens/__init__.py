"""The NetSapiens client: its readers, one by one, and the whole of it over real sockets."""
