"""The page of a review: a local server, its pictures, and what the browser loads."""
