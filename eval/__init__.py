"""Extractors are judged here: matching, counts, scores, confidence. Imports corpus only."""
