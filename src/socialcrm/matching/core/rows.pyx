"""Sizes of the rows that the compiled core reads, so that the tables' dtypes can be held to them."""

SIZES = {"profile": sizeof(ProfileRow), "contact": sizeof(ContactRow), "word": sizeof(WordRow)}
