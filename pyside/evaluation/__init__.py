"""Evaluate models: figures, events, the decision, the verdict and the report."""
