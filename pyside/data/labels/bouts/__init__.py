"""Labels as bouts: from a start to a stop, of several behaviours that may overlap."""
