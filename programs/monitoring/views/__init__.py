"""The pages of flags and check-ins: what a therapist does with a flag, what a patient reads and answers."""
