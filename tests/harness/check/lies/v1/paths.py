"""The paths and the content type of version 1."""

PARTICIPANTS = "/api/v1/participants/ecf"
OLDER = "/api/v1/participants"
DECLARATIONS = "/api/v1/participant-declarations"
JSON_LISTS = (PARTICIPANTS, OLDER, DECLARATIONS)
JSON = "application/vnd.api+json"
