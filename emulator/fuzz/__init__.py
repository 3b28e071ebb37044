"""Hypothesis over contracts: what may be sent, what may not, and what nobody should send."""
