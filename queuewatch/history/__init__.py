"""What became of every queue and agent while somebody watched, kept in a file on this machine.

What it amounts to is pure (``standing``, ``period``, ``segments``, ``spells``, ``account``, ``words``). ``book``
is the file, ``pen`` writes it, ``reading`` reads it, and ``recorder`` writes beside a program that goes on
whatever becomes of that.
"""
