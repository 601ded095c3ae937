"""Where the region of each frame lies: regions, centres, values of frames, and the plan that joins them."""
