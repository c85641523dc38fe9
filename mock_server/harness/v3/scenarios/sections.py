"""The sections of the guide of v3, in reading order: one for each page of the department's guidance."""

from typing import Final

from mock_server.harness.scenarios.sections import Section

SECTIONS: Final = {
    section.anchor: section
    for section in (
        Section("partnerships", "Partnerships", "Creating, viewing and updating partnerships"),
        Section("participant-data", "Participant data", "Viewing participant data"),
        Section("updating-participants", "Updating participants", "Updating participant data"),
        Section("declarations", "Declarations", "Submitting, viewing and voiding declarations"),
        Section("schedules-and-milestones", "Schedules and milestones", "Understanding schedules and milestones"),
        Section("unfunded-mentors", "Unfunded mentors", "Understanding unfunded mentors"),
        Section("transfers", "Transfers", "Seeing participants move between schools and providers"),
        Section("statements", "Statements", "Viewing financial statement payment dates"),
        Section("cohort-closures", "Cohort closures", "How cohort closures and changes work"),
        Section("keeping-data-in-sync", "Keeping data in sync", "Keeping your data in sync with the service"),
        Section("testing-effectively", "Testing effectively", "How to test the API effectively"),
    )
}
