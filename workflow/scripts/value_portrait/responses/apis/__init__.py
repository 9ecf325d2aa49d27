"""The APIs that providers speak: one module each, and a line of the registry. SDKs are imported when one is opened."""
