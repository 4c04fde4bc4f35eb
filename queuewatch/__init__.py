"""queuewatch: would a call to this queue still be answered if the building went dark?"""

__version__ = "0.1.0"
