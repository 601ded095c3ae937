"""A model computes: loaded once, in the runtime that the user chose, on frames as they come from a video."""
