"""Builds the application, in one function; nothing happens at import."""

from dataclasses import dataclass

from mock_server.api.records import participant_json
from mock_server.control.operations import control_operations
from mock_server.sandboxes import Registry
from mock_server.settings import Settings
