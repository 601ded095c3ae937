"""Videos on their way through the network: decoded, put together to batches, and written as marks and results."""
