"""What a hostile caller may send: generated requests, wrong tokens, broken bodies; nothing of it may break or leak."""
