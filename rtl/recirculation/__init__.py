"""What an auto-encoder's core has in place of that of recognition (docs/autoencoder.md)."""
