"""The cross-room pages."""
