SIZES: dict[str, int]
