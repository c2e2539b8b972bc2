"""Parses dates, times, and durations: ISO 8601, or a number of seconds."""

import datetime
import re
from typing import Any, Optional

from .conversion_error import ConversionError, show


def parse_date(value: Any) -> datetime.date:
    if isinstance(value, str):
        try:
            return datetime.date.fromisoformat(value.strip())
        except ValueError:
            pass
    found = read_datetime(value)
    if found is None or found.time() != datetime.time():
        raise ConversionError(f"must be a date like 2024-01-31, got {show(value)}")
    return found.date()


def parse_datetime(value: Any) -> datetime.datetime:
    found = read_datetime(value)
    if found is None:
        raise ConversionError(f"must be a date and time like 2024-01-31T12:30:00Z, got {show(value)}")
    return found


#: Seconds as text; eight digits are a date.
SECONDS = re.compile(r"(?!\d{8}$)[+-]?\d+(\.\d*)?$")
#: Larger numbers are milliseconds, as in pydantic.
MAX_SECONDS = 20_000_000_000


def read_datetime(value: Any) -> Optional[datetime.datetime]:
    try:
        if isinstance(value, str):
            seconds = SECONDS.match(value)
            return read_datetime(float(value)) if seconds else datetime.datetime.fromisoformat(normalize_iso(value))
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            seconds = value / 1000 if abs(value) > MAX_SECONDS else value
            return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        pass
    return None


def normalize_iso(iso: str) -> str:
    """Rewrites ISO 8601 for every Python since 3.8: the offset as `+00:00`, a fraction of six digits."""
    iso = re.sub(r"[Zz]$", "+00:00", iso.strip())
    iso = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", iso) if ":" in iso else iso
    return re.sub(r"([.,])(\d+)", lambda found: "." + found.group(2)[:6].ljust(6, "0"), iso)


def parse_time(value: Any) -> datetime.time:
    try:
        if isinstance(value, str) and ":" in value:
            return datetime.time.fromisoformat(normalize_iso(value))
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 86_400:
            return (
                datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=value)
            ).timetz()
    except ValueError:
        pass
    raise ConversionError(f"must be a time like 12:30:00, got {show(value)}")


ISO_DURATION = re.compile(
    r"(?P<sign>[+-])?P(?:(?P<weeks>\d+(?:\.\d+)?)W)?(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?$",
    re.IGNORECASE,
)
CLOCK_DURATION = re.compile(
    r"(?P<sign>[+-])?(?:(?P<days>\d+)(?: days?,?)?[ T])?(?P<hours>\d+):(?P<minutes>\d\d)(?::(?P<seconds>\d\d(?:\.\d+)?))?$"
)


def parse_duration(value: Any) -> datetime.timedelta:
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.timedelta(seconds=value)
        if isinstance(value, str):
            found = ISO_DURATION.match(value.strip()) or CLOCK_DURATION.match(value.strip())
            parts = (
                {} if found is None else {name: part for name, part in found.groupdict().items() if part is not None}
            )
            sign = -1 if parts.pop("sign", "+") == "-" else 1
            if parts:
                return sign * datetime.timedelta(**{name: float(part) for name, part in parts.items()})
            return datetime.timedelta(seconds=float(value))
    except (ValueError, OverflowError):
        pass
    raise ConversionError(f"must be a number of seconds or a duration like PT1H30M, got {show(value)}")
