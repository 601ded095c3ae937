"""The Python half of MATLAB's ``py.`` for GNU Octave."""
