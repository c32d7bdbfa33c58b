"""Causes and checklists as data: loads and validates `resources/knowledge/*.toml` and ranks causes by evidence.

A cause is text: an entry in one of the four theme files with a prior for each symptom it explains and a list of evidence,
each piece a named question from `predicates` with a weight. `causes` asks the questions and adds up:

    log-odds = prior of the best-matching symptom + weights of the answers; score = 1 / (1 + exp(-log-odds))

What cannot be decided counts nothing and becomes a hint on what to log. So every place in the ranking can be explained, and
a new cause needs no code unless it asks a new question.

The modules: `catalogue` (the values), `validation` (what is refused), `vocabulary` (names of findings and verdicts),
`case`, `track` and `neighbours` (a run prepared for questions), `predicates` (the questions), `causes` (the ranking),
`checklist` (its order for doing), `hints` (what to log).

May import `findings`, `runs`, `signals` and below; knows no rule and draws nothing.
"""
