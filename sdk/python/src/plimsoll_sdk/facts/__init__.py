"""Queries for facts, a module for each kind. The types and their meaning are those of the interface in `wit/`."""
