"""One small file per platform: its facts and one parse function. What they share lies in `base`, `web`, `walks`."""
