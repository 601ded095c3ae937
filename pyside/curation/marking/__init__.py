"""Marks videos: frames go through the network, and each video gets a label, probabilities and a reason per frame."""
