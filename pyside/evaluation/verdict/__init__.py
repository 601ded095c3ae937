"""The verdict on a training: what its figures mean and what to do next."""
