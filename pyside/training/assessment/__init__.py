"""What a training came to."""
