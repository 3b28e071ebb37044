"""Mechanisms that no vendor owns: ways to say who calls, to count calls, to cut pages.

Imports `wire`, contract values and the world; no engine, no vendor, no Flask.
"""
