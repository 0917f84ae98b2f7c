"""The best reading of a handle as pieces of a name: initials, beginnings and whole words, in any order.

A dynamic programme by sets of words. Each of given name, middle name (or second syllable) and surname may be used
once, from its beginning on; letters that no piece explains are left over. What a reading is made of is carried in
the low bits of its score, so that the best score brings it along.
"""

from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset

from socialcrm.matching.core.pair cimport SPELLINGS, Places, spelling, word
from socialcrm.matching.core.rows cimport TEXT, WORD, ContactRow, ProfileRow, WordRow

cdef enum:
    FIELDS = 18             # low bits that say what a reading is made of
    TURNED = 1 << 17
    USED = 5                # where the letters used of the first word stand; four bits each
    WORDS = 3
    SETS = 8
    MOST_USES = 3 * TEXT
    # In eighths of a bit, roughly: what a letter explained is worth, and what the ways to cut a word cost.
    LETTER = 24
    WHOLE = 16
    PART = -16
    PAIR = -28
    INITIAL = -18
    UNEXPLAINED = -8
    NOTHING = UNEXPLAINED * (1 << FIELDS) + 1   # what a letter adds that no piece explains
    IMPOSSIBLE = -(1 << 30)
    SOUND_COSTS = 24 << FIELDS

cdef struct Use:
    # One way to use a word: from where to where in the handle, and what it adds to the packed reading.
    int start
    int end
    int32_t gain


cdef int length_of(const uint8_t* text, int width) noexcept nogil:
    """The letters of a text that may fill its column to the end."""
    cdef int size = 0
    while size < width and text[size]:
        size += 1
    return size


cdef int uses_of(const uint8_t* handle, int size, const uint8_t* text, int piece, Use* out) noexcept nogil:
    """Every way to use a word: its first letter, its first two, or as many as there are, from three on."""
    cdef int start, run, taken, step, cut, found = 0, most = length_of(text, WORD)
    if not most:
        return 0
    for start in range(size):
        run = 0
        while run < most and start + run < size and handle[start + run] == text[run]:
            run += 1
        for step in range(1, min(run, 3) + 1):
            taken = run if step == 3 else step
            cut = WHOLE if taken == most else INITIAL if taken == 1 else PAIR if taken == 2 else PART
            out[found].start, out[found].end = start, start + taken
            out[found].gain = (taken * LETTER + cut) * (1 << FIELDS) + (taken << (USED + 4 * piece)) - taken * NOTHING
            found += 1
    return found


cdef int32_t read_handle(const uint8_t* handle, int size, const uint8_t** words) noexcept nogil:
    """The packed best reading of a handle by three words: the greatest sum of uses that do not overlap.

    For each set of words, the best so far at every place: a set follows from those with one word less.
    """
    cdef Use uses[WORDS][MOST_USES]
    cdef int32_t best[SETS][TEXT + 1]
    cdef int count[WORDS]
    cdef int piece, chosen, at
    cdef int32_t most = 0
    for piece in range(WORDS):
        count[piece] = uses_of(handle, size, words[piece], piece, uses[piece])
    for at in range(size + 1):
        best[0][at] = 0
    for chosen in range(1, SETS):
        for piece in range(WORDS):
            if chosen >> piece & 1 and not count[piece]:
                break
        else:
            extend(best, chosen, size, uses, count)
            most = max(most, best[chosen][size])
    return most + size * NOTHING


cdef void extend(
    int32_t (*best)[TEXT + 1], int chosen, int size, Use (*uses)[MOST_USES], const int* count
) noexcept nogil:
    """The best sums of one set of words at every place; more for a surname that comes first, which the bits tell."""
    cdef int piece, at
    cdef int32_t turned, gain
    cdef int32_t* row = best[chosen]
    cdef const int32_t* before
    cdef const Use* use
    for at in range(size + 1):
        row[at] = IMPOSSIBLE
    for piece in range(WORDS):
        if not chosen >> piece & 1:
            continue
        before = best[chosen ^ (1 << piece)]
        turned = TURNED if chosen ^ (1 << piece) == 1 << FAMILY else 0
        for at in range(count[piece]):
            use = &uses[piece][at]
            gain = before[use.start] + use.gain + turned
            if gain > row[use.end]:
                row[use.end] = gain
    for at in range(size):
        if row[at] > row[at + 1]:
            row[at + 1] = row[at]


cdef int32_t best_reading(Pair* pair, bint* by_sound, int32_t* chosen) noexcept nogil:
    """The packed best reading of a pair's handle; whether it is by sound; and the surname it uses.

    Read are the letters, then what is left without titles and the like, by every spelling and word of the surname;
    a name in other letters also by its sound, which costs.
    """
    cdef const ProfileRow* profile = pair.profile
    cdef const ContactRow* contact = pair.contact
    cdef int size = length_of(profile.letters, TEXT), core = length_of(profile.core, TEXT)
    cdef bint same = size == core
    cdef int at
    cdef int32_t best, last
    for at in range(size):
        same = same and profile.letters[at] == profile.core[at]
    chosen[0], by_sound[0] = contact.surname[0], False
    best = read_by(pair, profile.letters, size, contact.surname[0], False)
    if not same:
        better(pair, profile.core, core, contact.surname[0], False, &best, by_sound, chosen)
    for at in range(1, SPELLINGS):
        last = spelling(pair, at)
        if last:
            better(pair, profile.core, core, last, False, &best, by_sound, chosen)
    if not (best & 31 and contact.foreign and profile.sound[0]):
        return best
    size = length_of(profile.sound, TEXT)
    for at in range(SPELLINGS):
        if spelling(pair, at):
            better(pair, profile.sound, size, spelling(pair, at), True, &best, by_sound, chosen)
    return best


cdef void better(
    Pair* pair, const uint8_t* text, int size, int32_t last, bint sound, int32_t* best, bint* by_sound, int32_t* chosen
) noexcept nogil:
    """Read once more; what is better takes the place of the best."""
    cdef int32_t found = read_by(pair, text, size, last, sound) - (SOUND_COSTS if sound else 0)
    if found > best[0]:
        best[0], by_sound[0], chosen[0] = found, sound, last


cdef int32_t read_by(Pair* pair, const uint8_t* text, int size, int32_t last, bint sound) noexcept nogil:
    """The packed best reading of a text by the contact's given names and one spelling of the surname."""
    cdef const WordRow* rows[WORDS]
    cdef const uint8_t* words[WORDS]
    cdef int piece
    rows[GIVEN], rows[MIDDLE] = word(pair, pair.contact.piece[0]), word(pair, pair.contact.piece[1])
    rows[FAMILY] = word(pair, last)
    for piece in range(WORDS):
        if sound:
            words[piece] = rows[piece].sound_text
        else:
            words[piece] = rows[piece].text
    return read_handle(text, size, words)


cdef Reading* reading_of(Pair* pair) noexcept nogil:
    """The best reading of a pair's handle, found once for all contacts of the name."""
    cdef Reading* reading = &pair.namesake.reading
    cdef int32_t packed
    cdef int piece
    cdef const WordRow* row
    if pair.namesake.read:
        return reading
    pair.namesake.read = True
    packed = best_reading(pair, &reading.by_sound, &reading.chosen)
    reading.left, reading.turned = packed & 31, packed & TURNED != 0
    reading.readable = pair.profile.letters[0] != 0 and pair.contact.piece[0] != 0
    for piece in range(WORDS):
        reading.used[piece] = (packed >> (USED + 4 * piece)) & 15
        row = word(pair, reading.chosen if piece == FAMILY else pair.contact.piece[piece])
        reading.size[piece] = <int>min(WORD, row.sound_length if reading.by_sound else row.length)
    reading.uses = -1
    return reading


cdef void place(Places* places, const uint8_t* text, int size) noexcept nogil:
    """Note where each letter of a text stands, of up to 32 letters."""
    cdef int at
    memset(places.of, 0, sizeof(places.of))
    places.size = size
    for at in range(size):
        places.of[text[at]] |= <uint32_t>1 << at


cdef const Places* places_of(Pair* pair) noexcept nogil:
    """Where the letters of the handle stand, found once for all contacts."""
    if pair.places.size < 0:
        place(pair.places, pair.profile.whole, length_of(pair.profile.whole, TEXT))
    return pair.places


cdef int longest_run(const Places* left, const uint8_t* right, int size) noexcept nogil:
    """The length of the longest run of letters that two texts have in common, of up to 32 letters each.

    Bit ``i`` of ``runs[j]`` says that a run of ``found`` letters ends at letter ``i`` of one text and ``j`` of the
    other; all runs grow by a letter at once.
    """
    cdef uint32_t runs[32]
    cdef uint32_t alive
    cdef int at, found = 0
    for at in range(size):
        runs[at] = left.of[right[at]]
    while True:
        alive = 0
        for at in range(found, size):
            alive |= runs[at]
        if not alive:
            return found
        found += 1
        for at in range(size - 1, found - 1, -1):
            runs[at] = (runs[at - 1] << 1) & left.of[right[at]]


cdef int letters_in_order(const Places* left, const uint8_t* right, int size, int half, int* of_half) noexcept nogil:
    """How many letters two texts have in common in the same order (longest common subsequence).

    Also how many the first ``half`` letters of the right one have. Bit ``i`` of ``open_`` is 0 once so many letters
    of the left one more are matched (Hyyrö, 2004).
    """
    cdef uint64_t full = (<uint64_t>1 << left.size) - 1, open_ = full, both
    cdef int at
    of_half[0] = 0
    for at in range(size):
        both = open_ & left.of[right[at]]
        open_ = ((open_ + both) | (open_ - both)) & full
        if at + 1 == half:
            of_half[0] = left.size - bits_of(open_)
    return left.size - bits_of(open_)


cdef int bits_of(uint64_t value) noexcept nogil:
    """How many bits are set."""
    cdef int found = 0
    while value:
        value &= value - 1
        found += 1
    return found


def read(handle: bytes, words) -> int:
    """The packed best reading of one handle by given name, middle name and surname, for tests and the curious."""
    cdef uint8_t column[WORDS][WORD]
    cdef const uint8_t* pointers[WORDS]
    cdef bytes text
    cdef int piece, at
    if len(words) != WORDS:
        raise ValueError(f"a handle is read by {WORDS} words")
    for piece, text in enumerate(words):
        for at in range(WORD):
            column[piece][at] = text[at] if at < len(text) else 0
        pointers[piece] = column[piece]
    text = handle[:TEXT]
    return read_handle(text, len(text), pointers)


def unpack(int32_t packed):
    """What a packed reading is made of: score, letters left, letters used of each word, whether the surname is first."""
    used = tuple([(packed >> (USED + 4 * piece)) & 15 for piece in range(WORDS)])
    return packed >> FIELDS, packed & 31, used, packed & TURNED != 0


def longest_common(left: bytes, right: bytes) -> int:
    """The length of the longest run of letters that two texts have in common; 32 letters of each are looked at."""
    cdef Places places
    left, right = left[:32], right[:32]
    place(&places, left, len(left))
    return longest_run(&places, right, len(right))


def in_order(left: bytes, right: bytes) -> int:
    """How many letters two texts have in common in the same order; 32 letters of each are looked at."""
    cdef Places places
    cdef int ignored
    left, right = left[:32], right[:32]
    place(&places, left, len(left))
    return letters_in_order(&places, right, len(right), 0, &ignored)
