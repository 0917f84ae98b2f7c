"""What people and platforms hand over as files: account exports, and the remains of networks that are gone."""
