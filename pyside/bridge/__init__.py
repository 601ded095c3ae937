"""Bridges to MATLAB and GNU Octave: the Python half of Octave's ``py.``, and engines that Python drives."""
