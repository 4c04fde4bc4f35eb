"""The help of every command as a page of a manual: made from its parser, only when it is asked for."""
