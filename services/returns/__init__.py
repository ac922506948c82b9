"""Returns: voluntary return cases, from the first application to the closing of the file.

It owns the case, its persons, consents, declarations, decisions, travel and disclosures, and is the only service that
holds a
traveller's identity. Nothing departs without consent, screening, a second pair of eyes and papers; withdrawing is
always possible.
"""
