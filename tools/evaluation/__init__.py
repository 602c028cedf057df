"""How the worsening rules, and the alert rules of others, do on simulated people.

`peers` and `ours` say on which days a rule speaks up, `cohorts` are the people, `measures` count. `study`
runs the rules on one cohort, `results` on all; `tables`, `plot` and `report` write it down.
"""
