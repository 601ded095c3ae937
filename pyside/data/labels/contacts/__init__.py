"""Contact arrays of the older tool: one struct per trial that lists the frames with touch."""
