"""A person looks at the touches that may be wrong, and corrects them."""
