"""Registry: partnerships, agencies, programmes with their rules, and the one door in and out for agencies.

It holds no traveller's personal data. It knows which recipient may be told which coded fact, and gives every
recipient its own random
name for a case.
"""
