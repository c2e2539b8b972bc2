"""Serves one callable of a repository on a unix socket or over HTTP. Standard library only; Python 3.8 or later."""
