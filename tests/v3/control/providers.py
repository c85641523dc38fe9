"""What a provider does in the worlds of these tests."""

import httpx

from mock_server.client import ControlClient


def declared(client: ControlClient, token: str, participant: str) -> str:
    """The id of a declaration that the participant's provider made."""
    attributes = {
        "participant_id": participant,
        "declaration_type": "started",
        "declaration_date": "2025-09-15T09:00:00Z",
        "course_identifier": "ecf-induction",
        "evidence_held": "other",
    }
    body = {"data": {"type": "participant-declaration", "attributes": attributes}}
    url, headers = f"{client.base_url}/api/v3/participant-declarations", {"Authorization": f"Bearer {token}"}
    answer = httpx.post(url, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    id: str = answer.json()["data"]["id"]
    return id
