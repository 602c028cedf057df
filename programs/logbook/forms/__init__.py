"""Shapes of what a patient answers, one question a page, and of the thresholds a clinic chooses.

One file for each kind of report: name the file when importing.
"""
