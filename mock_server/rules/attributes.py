"""Reads the attributes of a request as text, whatever type the client sent."""


def as_text(value: object) -> str:
    """The value as text. Null, blank, false, an object and a list count as missing and give an empty text."""
    # Strings first: nearly every value is one, and every rule reads values.
    if type(value) is not str:
        if value is None or value is False or isinstance(value, (dict, list)):
            return ""
        value = str(value)
    return "" if value.isspace() else value
