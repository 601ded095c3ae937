"""Where data comes in: what MATLAB, Octave or Python hand over becomes NumPy arrays."""
