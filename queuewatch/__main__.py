"""``python -m queuewatch``."""

from queuewatch.cli import run

if __name__ == "__main__":
    run()
