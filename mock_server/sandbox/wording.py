"""Other words for the details of refusals. Details are for people, and the service may change them at any time."""

import re
from dataclasses import replace
from itertools import count
from typing import Final

import orjson

from mock_server.http.exchange import Answer

# The attributes that a detail is about, as JSON pointers.
_POINTER: Final = re.compile(r"#/[a-z_]+")
_OTHER_WORDS: Final = (
    "We can't take this{about} as it stands.",
    "This request doesn't fit what we hold{about}.",
    "Please look at this again{about}.",
)
_turn = count()


def reworded(answer: Answer) -> Answer:
    """The answer with other words in the details of its errors, and the same status and titles.

    Words and their order change from answer to answer. The JSON pointers stay.
    """
    if answer.status not in (400, 422) or not answer.body.startswith(b'{"errors"'):
        return answer
    errors = orjson.loads(answer.body)["errors"]
    for error in errors:
        pointers = dict.fromkeys(_POINTER.findall(error["detail"]))
        about = f" ({', '.join(pointers)})" if pointers else ""
        error["detail"] = _OTHER_WORDS[next(_turn) % len(_OTHER_WORDS)].format(about=about)
    return replace(answer, body=orjson.dumps({"errors": errors}))
