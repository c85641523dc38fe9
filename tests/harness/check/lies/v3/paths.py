"""The paths and the content type of version 3."""

PARTICIPANTS = "/api/v3/participants"
TRANSFERS = "/api/v3/participants/transfers"
DECLARATIONS = "/api/v3/participant-declarations"
PARTNERSHIPS = "/api/v3/partnerships"
SCHOOLS = "/api/v3/schools"
STATEMENTS = "/api/v3/statements"
UNFUNDED = "/api/v3/unfunded-mentors"
LISTS = (PARTICIPANTS, TRANSFERS, DECLARATIONS, PARTNERSHIPS, SCHOOLS, STATEMENTS, UNFUNDED)
JSON = "application/json; charset=utf-8"
