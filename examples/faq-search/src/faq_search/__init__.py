"""Finds the answer to a question that was asked in other words."""

from faq_search.search import FaqSearch

__all__ = ["FaqSearch"]
