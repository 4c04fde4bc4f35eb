"""Editing the two halves of offline failover: choosing, confirming, handing on."""
