"""What the port does, without HTTP."""
