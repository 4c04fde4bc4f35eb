"""Which answering rule is in effect when: time frames, and times as they are typed."""
