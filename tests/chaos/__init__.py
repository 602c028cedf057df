"""Proof by killing: the real engine, killed at random, judged by what reached the devices."""
