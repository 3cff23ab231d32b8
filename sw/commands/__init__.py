"""The functions behind the command's names. What takes long to load is loaded inside them, so that help comes at once."""
