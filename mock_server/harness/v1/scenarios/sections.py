"""The sections of the guide of v1, in reading order."""

from typing import Final

from mock_server.harness.scenarios.sections import Section

USAGE: Final = (
    Section(
        "continuing-the-ecf-registration-process",
        "Continuing the ECF registration process",
        "Continuing the ECF registration process",
    ),
    Section(
        "notifying-of-deferral",
        "Notifying of deferral",
        "Notifying that an ECF participant is taking a break from their course",
    ),
    Section(
        "notifying-of-resume",
        "Notifying of resume",
        "Notifying that an ECF participant is resuming their course",
    ),
    Section(
        "notifying-of-schedule-change",
        "Notifying of schedule change",
        "Notifying that an ECF participant is changing training schedule on their course",
    ),
    Section(
        "notifying-of-withdrawal",
        "Notifying of withdrawal",
        "Notifying that an ECF participant has withdrawn from their course",
    ),
    Section(
        "declaring-that-an-ecf-participant-has-started-their-course",
        "Declaring that an ECF participant has started their course",
        "Declaring that an ECF participant has started their course",
    ),
    Section(
        "declaring-that-an-ecf-participant-has-retained-their-course",
        "Declaring that an ECF participant has retained their course",
        "Declaring that an ECF participant has reached a retained milestone",
    ),
    Section(
        "declaring-that-an-ecf-participant-has-completed-their-course",
        "Declaring that an ECF participant has completed their course",
        "Declaring that an ECF participant has completed their course",
    ),
    Section(
        "listing-participant-declaration-submissions",
        "Listing participant declaration submissions",
        "Listing participant declaration submissions",
    ),
    Section(
        "removing-participant-declaration",
        "Removing participant declaration",
        "Removing a declaration submitted in error",
    ),
)

# This section has a page of its own, beside the usage guide.
INTEGRATION: Final = Section(
    "running-an-integration", "Running an integration", "Running an integration", apart="running-an-integration/"
)

SECTIONS: Final = {section.anchor: section for section in (*USAGE, INTEGRATION)}
