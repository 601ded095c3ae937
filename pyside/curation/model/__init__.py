"""What a model knows of its frames, and how an older one is told."""
