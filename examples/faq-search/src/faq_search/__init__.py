"""Finds the answer to a question that is phrased differently."""

from faq_search.search import FaqSearch

__all__ = ["FaqSearch"]
