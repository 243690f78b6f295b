"""interchange reads and writes other people's formats, one module each."""
