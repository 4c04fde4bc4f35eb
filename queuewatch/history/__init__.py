"""What became of every queue and agent while somebody watched, kept in a file on this machine.

What it amounts to is pure (``state``, ``period``, ``segments``, ``statistics``, ``timeline``, ``wording``).
``database`` is the file, ``writer`` writes it, ``reader`` reads it, and ``recorder`` writes beside a program that
goes on whatever becomes of that.
"""
