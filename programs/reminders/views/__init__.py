"""The pages of movement breaks and reminders."""
