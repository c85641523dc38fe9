"""How rules read the attributes of a request: as text, whatever type a client sent."""


def as_text(value: object) -> str:
    """The value as text; empty for null, blank, false, an object or a list, which count as missing."""
    # Nearly every value is a string, and every rule asks for some.
    if type(value) is not str:
        if value is None or value is False or isinstance(value, (dict, list)):
            return ""
        value = str(value)
    return "" if value.isspace() else value
