"""Everything that changes: one world for each sandbox and vendor.

Imports `wire` and contract values; no parts, no engine, no vendor, no Flask.
"""
