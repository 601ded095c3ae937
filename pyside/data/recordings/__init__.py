"""What belongs to a recording."""
