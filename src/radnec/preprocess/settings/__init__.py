"""The sections of the configuration that preprocessing takes, one module for each stage."""
