"""What runs in the environment of the peers: it imports nothing of this project but generated packages."""
