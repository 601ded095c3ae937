"""Scripts with the flags of the older tool."""
