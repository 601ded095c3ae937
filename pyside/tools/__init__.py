"""Scripts that users of the older tool know."""
