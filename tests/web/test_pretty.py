"""Bodies in colours: nothing is lost, and nothing but JSON is touched."""

import json

import pytest

from mock_server.web.pretty import Token, tokens


def test_json_is_laid_out_and_cut_into_keys_texts_and_words() -> None:
    body = '{"a": "x\\"y", "b": [1, -2.5e3, true, null]}'
    found = list(tokens(body))
    assert "".join(token.text for token in found) == json.dumps(json.loads(body), indent=2).replace(
        "-2500.0", "-2500.0"
    )
    coloured = [token for token in found if token.kind]
    assert coloured == [
        Token("key", '"a"'),
        Token("text", '"x\\"y"'),
        Token("key", '"b"'),
        *(Token("word", word) for word in ("1", "-2500.0", "true", "null")),
    ]


@pytest.mark.parametrize("body", ["", "no JSON", '{"cut": "sh', "id,name\n1,Ada\n", "\ufffd"])
def test_what_is_no_json_stays_as_it_came(body: str) -> None:
    assert list(tokens(body)) == [Token("", body)]


def test_a_large_body_is_laid_out_without_colours() -> None:
    body = json.dumps([{"name": "x" * 100}] * 300)
    assert [token.kind for token in tokens(body)] == [""]
