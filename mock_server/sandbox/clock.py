"""A sandbox's clock: it follows the machine, runs from another moment, or stands still."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from mock_server.settings import ClockSetting

MachineClock = Callable[[], datetime]


def machine_clock() -> datetime:
    return datetime.now(UTC)


class Clock:
    """`now()` never raises: a running clock stops at the end of the calendar."""

    def __init__(self, setting: ClockSetting | None = None, machine: MachineClock = machine_clock) -> None:
        self._machine = machine
        self.start(setting or ClockSetting())

    def start(self, setting: ClockSetting) -> None:
        self._setting = setting
        self._started = self._machine()
        if not setting.running and setting.now is None:
            self._setting = replace(setting, now=self._started)

    @property
    def running(self) -> bool:
        return self._setting.running

    @property
    def follows_machine(self) -> bool:
        return self._setting.running and self._setting.now is None

    def now(self) -> datetime:
        setting = self._setting
        if setting.now is None:
            return self._machine()
        if not setting.running:
            return setting.now
        try:
            return setting.now + (self._machine() - self._started)
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)

    def set(self, now: datetime | None, running: bool | None) -> None:
        """Jump to `now`, or keep the moment; run or stand still, or keep doing either."""
        running = self.running if running is None else running
        if now is None:
            if running == self.running:
                return
            now = self.now()
        self.start(ClockSetting(now, running))

    def follow_machine(self) -> None:
        self.start(ClockSetting())

    @property
    def state(self) -> tuple[ClockSetting, datetime]:
        """What it was started from, and when by the machine."""
        return self._setting, self._started

    def resume(self, setting: ClockSetting, started: datetime) -> None:
        """Go on from a `state` as if it had never stopped."""
        self._setting, self._started = setting, started

    def setting(self) -> ClockSetting:
        """What to start a clock from that goes on as this one does now."""
        return ClockSetting() if self.follows_machine else ClockSetting(self.now(), self.running)
