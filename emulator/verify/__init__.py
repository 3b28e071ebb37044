"""Whether a server answers as a contract says: what to ask it, what came back, and where the two part.

Only `line` sends, and only within `pace`; nothing is sent that changes anything unless that was asked for.
"""
