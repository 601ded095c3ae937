"""What the figures of a training mean, in sentences."""
