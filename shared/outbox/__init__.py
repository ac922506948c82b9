"""Facts written with the data they tell of, and the relay that publishes them."""
