"""Where to look in each video, said before anything runs."""
