"""What outlives the process: the settings, clock and world of each sandbox, in one file; journals and faults don't."""


class StateRefused(Exception):
    """The file can't be used; it is as it was. The message says which file, and why."""


class StateLost(Exception):
    """The file can't be written any more: what the sandboxes hold now would not survive."""
