"""What a lab saved about its trials: arrays of trials, and the frames of tracker samples."""
