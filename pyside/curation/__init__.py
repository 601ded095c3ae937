"""Marks videos with a trained model, compares marks with labels, and says what a model must know to do so."""
