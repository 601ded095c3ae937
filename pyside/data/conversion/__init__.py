"""From whatever came in to one dataset folder."""
