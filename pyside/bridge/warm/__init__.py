"""A process of the job's Python that stays alive and predicts, for hosts in which TensorFlow may not be loaded."""
