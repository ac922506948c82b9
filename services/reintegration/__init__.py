"""Reintegration: budgets, assistance lines, payments, plans, measures and surveys.

It owns the money: what a budget has, what is set aside for a case, what is owed and what was paid, in
double entry.
It knows persons only by their random reference; payee data and survey answers are sealed under a key of its
own.
"""
