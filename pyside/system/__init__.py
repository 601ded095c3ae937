"""The ground: files, processes, the machine. It knows nothing of labels or networks."""
