"""The parts of a recording: its labels, regions, selected frames and tags."""
