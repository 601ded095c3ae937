"""What a review looks at: the marks of a session, or labels of a person with their frames."""
