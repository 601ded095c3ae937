"""What is wrong, and what there is."""
