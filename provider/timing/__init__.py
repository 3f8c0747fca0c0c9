"""Pacing, clock and durations."""
