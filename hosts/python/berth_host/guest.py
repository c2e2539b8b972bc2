"""Keeps code working that builds before 0.1.0 generated: it imports `EmbeddedSoftware` from here."""

from .embedded_software import EmbeddedSoftware as Guest

__all__ = ["Guest"]
