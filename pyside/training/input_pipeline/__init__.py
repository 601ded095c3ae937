"""From the frames of a dataset to the batches of a training."""
