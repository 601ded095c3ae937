"""Jobs on Google Cloud."""
