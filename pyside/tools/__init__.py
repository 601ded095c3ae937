"""Scripts: one with the flags of the older tool, and one that makes what MATLAB lists of the toolbox."""
