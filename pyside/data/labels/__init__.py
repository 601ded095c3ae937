"""Labels, in all forms that labs have them in."""
