"""Sourced figures and refutable models of the Russian coal crisis."""

__version__ = "0.1.0"
