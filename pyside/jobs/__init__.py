"""Running any of it in a process of its own."""
