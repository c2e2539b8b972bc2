"""Berth's Python host: serves one callable of a repository on a unix socket. Standard library only, Python 3.8 and later."""
