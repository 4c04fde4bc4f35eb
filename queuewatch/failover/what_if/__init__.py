"""What if: suppositions step by step, and the smallest change that turns an answer."""
