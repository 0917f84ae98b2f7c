"""The kinds of clues that are compared by key, and how many contacts a key may name."""

from __future__ import annotations

from enum import IntEnum


class Key(IntEnum):
    """What a contact is filed under, and what a profile is asked for; each is a salt of its own."""

    KNOWN = 1  # platform and handle or account id, as the customer gave it
    KNOWN_SHAPE = 2  # the same, as it looks
    EMAIL = 3
    LOCAL_OWN = 4  # local part of an address, not merely the contact's name
    LOCAL_NAME = 5  # local part that any namesake would choose too
    LOCAL_NUMBERED = 12  # the name and a few digits, as one namesake in a hundred would choose it
    SITE_ACCOUNT = 6  # the contact's web address is an account on a network
    SITE_OWN = 7  # name of the contact's own host, not merely the contact's name
    SITE_NAME = 8
    SITE_NUMBERED = 13
    LOCAL_LIKE = 14  # may be the name, in letters that no table knows
    SITE_LIKE = 15
    PAGE = 9  # the contact's page
    DOMAIN = 10  # the contact's organisation, by its domain
    PHONE = 11
    NAME = 20  # given name and surname, in any order
    VARIANT = 21  # any form of the given name, and surname
    SOUND = 22  # both as they sound
    SHAPE = 23  # the full name as it looks
    FORM = 24  # a handle written from the name
    SOUND_FORM = 25  # the same, as it sounds
    SURNAME = 26
    SURNAME_AT_WORK = 27  # surname and company
    NAME_AT_HOME = 28  # given name, surname and city
    COMPANY = 43  # only counted, as the next: how many contacts share it says how much it tells
    CITY = 44
    WORD = 30  # a word of a display name
    FIRST_WORD = 31
    LAST_WORD = 32
    CANON = 33
    SOUND_WORD = 34
    INITIAL = 35
    PIECE = 36  # a beginning, an end or a word of a handle
    PIECE_CANON = 37
    PHRASE = 39  # some words of a bio in a row
    GRAM = 41  # three letters in a row of a name or an own address
    HANDLE_SOUND = 42  # a word of a handle as it sounds, parted from the others by a sign or a capital
    BEGINS_CANON = 46  # base forms of the given name a handle begins with
    WHOLE_NAME = 29  # a full name outside ASCII, letter by letter
    NICKNAMED = 45  # a handle that is any form of a given name and something else, by base form
    PLACE = 40  # some words of a location in a row


CAPS: dict[Key, int] = {
    Key.KNOWN: 50,
    Key.KNOWN_SHAPE: 20,
    Key.EMAIL: 20,
    Key.LOCAL_OWN: 5,
    Key.LOCAL_NAME: 10,
    Key.LOCAL_NUMBERED: 10,
    Key.LOCAL_LIKE: 10,
    Key.SITE_ACCOUNT: 10,
    Key.SITE_OWN: 5,
    Key.SITE_NAME: 10,
    Key.SITE_NUMBERED: 10,
    Key.SITE_LIKE: 10,
    Key.PAGE: 5,
    Key.DOMAIN: 5,
    Key.PHONE: 10,
    Key.NAME: 24,
    Key.VARIANT: 16,
    Key.SOUND: 12,
    Key.SHAPE: 20,
    Key.WHOLE_NAME: 100,
    Key.FORM: 16,
    Key.SOUND_FORM: 12,
    Key.SURNAME: 8,
    Key.SURNAME_AT_WORK: 16,
    Key.NAME_AT_HOME: 24,
}
"""A key shared by more contacts than this singles nobody out and proposes nobody."""


class Clue(IntEnum):
    """Agreement found through a key; one bit each in a pair's ``bits``."""

    HANDLE = 0
    ACCOUNT_ID = 1
    HANDLE_SHAPE = 2
    EMAIL_VOUCHED = 3
    EMAIL_IN_BIO = 4
    LOCAL_OWN = 5
    LOCAL_NAME = 6
    SITE_ACCOUNT = 7
    SITE_OWN = 8
    SITE_NAME = 9
    SITE_HOST = 10
    PAGE = 11
    PHONE = 12
    NAME_SHAPE = 13
    WHOLE_NAME = 16
    LOCAL_NUMBERED = 17
    SITE_NUMBERED = 18
    LOCAL_LIKE = 19
    SITE_LIKE = 20
    NEAR = 15  # letters in common with a name or an own address
    NAMED = 14  # any of the keys made from names
