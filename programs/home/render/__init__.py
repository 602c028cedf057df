"""What home draws: values in, SVG out."""
