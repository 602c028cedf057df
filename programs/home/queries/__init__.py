"""What the cross-room pages show, each gathered in one place."""
