"""The live failover test on the screen."""
