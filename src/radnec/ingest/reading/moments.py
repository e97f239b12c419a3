"""When something was acquired, as text that sorts, and the time between two such moments."""

from __future__ import annotations

import datetime

_DAY = 86_400


def moment_of(date: str, time: str, number: float | None, *, next_day: bool) -> str:
    """Return date and time as text that sorts; without a time ``#`` and the series number.

    Parameters
    ----------
    next_day
        Whether the clock passed midnight since the date: hours then go on from 24.
    """
    clock = time.replace(":", "").strip()
    if clock:
        if next_day and clock[:2].isdigit():
            clock = f"{int(clock[:2]) + 24:02d}{clock[2:]}"
        return f"{date.replace('.', '')}T{clock}"
    return f"#{int(number):09d}" if number is not None and number >= 0 else ""


def seconds_between(earlier: str, later: str) -> float | None:
    """Return the time from one moment to another; None where it is unknown."""
    found = []
    for moment in (earlier, later):
        date, _, clock = moment.partition("T")
        if len(clock) < 6 or not clock[:6].isdigit():
            return None
        seconds = int(clock[:2]) * 3600 + int(clock[2:4]) * 60 + int(clock[4:6])
        try:
            day = datetime.datetime.strptime(date, "%Y%m%d").toordinal() if date else None
        except ValueError:
            return None
        found.append((day, seconds))
    (day, start), (other, end) = found
    if (day is None) != (other is None):
        return None
    return float(end - start + _DAY * ((other or 0) - (day or 0)))


# An examination does not last twelve hours.
_EVENING, _MORNING = 18, 6


def after_midnight(times: list[str]) -> list[bool]:
    """Say which clock times of one study and date belong to the day after.

    Late evening and early morning under one date mean that the date stayed when the clock passed
    midnight, or was removed.
    """
    hours = [int(time[:2]) if time[:2].isdigit() else None for time in times]
    if not any(hour is not None and hour >= _EVENING for hour in hours):
        return [False] * len(times)
    return [hour is not None and hour < _MORNING for hour in hours]
