"""A blind look: a random sample of a session, judged without the model's answer, and the figures that follow."""
