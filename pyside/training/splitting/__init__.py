"""Which frames train, which validate, which test."""
