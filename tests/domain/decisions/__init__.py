"""What is published because of a client's facts."""
