"""Files and arrays as they come in."""
