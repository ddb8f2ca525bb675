"""Safe-third-country law as data: explained, counted, compared and forecast."""
