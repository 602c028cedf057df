"""Pictures and calendars of movement breaks: values in, text out."""
