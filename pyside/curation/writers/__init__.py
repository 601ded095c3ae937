"""Writes the marks of a recording as files for people: .mat, .csv and .npy."""
