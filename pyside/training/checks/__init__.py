"""What can be known before a training begins."""
