"""Sets of characters to draw from."""

from __future__ import annotations

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]
EVERY = st.characters(exclude_categories=["Cs"])
"""Every character that UTF-8 can carry."""
VISIBLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
PLAIN = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
