"""What follows from corrections: labels of a person for other programs and for the next training."""
