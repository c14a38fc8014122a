"""Berth bookings, ships and tariffs of a small port."""

__version__ = "1.4.0"
