"""Labels, in all forms that labs use."""
