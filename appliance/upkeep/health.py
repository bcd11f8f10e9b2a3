"""How the machine does: power, disk, memory, heat, how long it has been on. Read by psutil, judged against named limits.

What a machine can't tell (no battery gauge, no thermometer, a hidden /proc) is None and shown as unknown, never as good.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

DISK_FREE_BYTES_MIN = 1 << 30
"""Below this a technician must come: a year of work is about 200 MB, but SQLite and a backup need room to turn."""
MEMORY_FREE_BYTES_MIN = 64 << 20
CELSIUS_MAX = 80.0
BATTERY_PERCENT_LOW = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One reading. Bytes, percent, degrees Celsius, milliseconds since 1970 UTC; None where the machine can't tell."""

    battery_percent: int | None
    is_charging: bool | None
    disk_free: int | None
    disk_total: int | None
    memory_free: int | None
    celsius: float | None
    booted_at: int | None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes of what is out of bounds: `battery-low`, `disk-low`, `memory-low`, `hot`."""
        found = []
        if self.battery_percent is not None and self.battery_percent < BATTERY_PERCENT_LOW and not self.is_charging:
            found.append("battery-low")
        if self.disk_free is not None and self.disk_free < DISK_FREE_BYTES_MIN:
            found.append("disk-low")
        if self.memory_free is not None and self.memory_free < MEMORY_FREE_BYTES_MIN:
            found.append("memory-low")
        if self.celsius is not None and self.celsius > CELSIUS_MAX:
            found.append("hot")
        return tuple(found)


def read_health(directory: Path) -> Health:
    """Read the machine's state now; `directory` is where the store lies. Takes a few milliseconds."""
    percent, charging = _battery()
    free = total = memory = booted = None
    with suppress(OSError):
        disk = psutil.disk_usage(str(directory))
        free, total = disk.free, disk.total
    with suppress(OSError, RuntimeError, ValueError):
        memory = psutil.virtual_memory().available
    with suppress(OSError, RuntimeError, ValueError):
        booted = int(psutil.boot_time() * 1000)
    return Health(
        battery_percent=percent, is_charging=charging, disk_free=free, disk_total=total, memory_free=memory,
        celsius=_celsius(), booted_at=booted,
    )  # fmt: skip


def _battery() -> tuple[int | None, bool | None]:
    with suppress(OSError, AttributeError, ValueError):
        battery = psutil.sensors_battery()
        if battery is not None:
            return round(battery.percent), battery.power_plugged
    return None, None


def _celsius() -> float | None:
    """The hottest of what the kernel measures."""
    with suppress(OSError, AttributeError, ValueError):
        found = [sensor.current for group in psutil.sensors_temperatures().values() for sensor in group]
        return max((c for c in found if c is not None), default=None)
    return None
