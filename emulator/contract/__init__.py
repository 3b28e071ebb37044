"""What vendors say, as data.

Imports `wire` and nothing else of the emulator's: no world, no parts, no engine, no vendor, no Flask.
"""
