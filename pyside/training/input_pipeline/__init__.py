"""From the frames of a dataset to the batches that a network sees."""
