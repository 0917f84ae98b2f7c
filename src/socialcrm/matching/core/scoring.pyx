"""Compares pairs by every kind of evidence, and adds up what each weighs."""

import cython

import numpy as np

from libc.math cimport INFINITY, exp2
from libc.stdint cimport int8_t, int64_t
from libc.stdlib cimport free, malloc, qsort
from libc.string cimport memcpy

from socialcrm.matching.core.kinds cimport COMPARE, KINDS, MORE, together
from socialcrm.matching.core.pair cimport MOST_KINDS, MOST_LEVELS, Namesake, Pair
from socialcrm.matching.core.run cimport Pairing

from socialcrm.matching.core.kinds import NUMBERS

cdef enum:
    # Kinds in the order in which their weights are added up: what is cheap to compare and what is dear, by pair and
    # by name, and what weighs two of these together.
    CHEAP
    CHEAP_BY_NAME
    DEAR
    DEAR_BY_NAME
    TOGETHER
    GROUPS


@cython.final
cdef class Weights:
    """A model's weights as the core adds them up: calibrated, level by level, in the order of the kinds."""

    cdef double table[MOST_KINDS][MOST_LEVELS]
    cdef double per_bit[MOST_KINDS]
    cdef double most[MOST_KINDS]
    cdef int group[GROUPS][MOST_KINDS]
    cdef int size[GROUPS]
    cdef double scale

    def __cinit__(self, kinds, double scale):
        """``kinds`` are (name, by name, dear, weights of the levels, weight per bit of rarity, most bits of it)."""
        cdef int kind, group, level
        self.scale = scale
        for name, by_name, dear, weights, per_bit, most in kinds:
            kind = NUMBERS[name]
            group = TOGETHER if COMPARE[kind] == NULL else 2 * bool(dear) + bool(by_name)
            self.group[group][self.size[group]] = kind
            self.size[group] += 1
            self.per_bit[kind], self.most[kind] = per_bit, most
            if len(weights) > MOST_LEVELS:
                raise ValueError(f"the evidence {name} has more than {MOST_LEVELS} levels")
            for level, weight in enumerate(weights):
                self.table[kind][level] = weight * scale

    cdef double weight(self, Pair* pair, int kind, int8_t level) noexcept nogil:
        """What a kind at a level adds to the score of a pair."""
        return self.table[kind][level] + (self.more(pair, kind) if MORE[kind] != NULL else 0.0)

    cdef double more(self, Pair* pair, int kind) noexcept nogil:
        """What a rare value adds to the weight of a level."""
        return min(MORE[kind](pair) * self.per_bit[kind], self.most[kind]) * self.scale

    cdef double total(self, Pair* pair, int group, int8_t* levels) noexcept nogil:
        """The sum of the weights of a group of kinds; their levels are noted."""
        cdef double total = 0
        cdef int at, kind
        for at in range(self.size[group]):
            kind = self.group[group][at]
            levels[kind] = together(kind, levels) if group == TOGETHER else COMPARE[kind](pair)
            total += self.weight(pair, kind, levels[kind])
        return total


def levels(Pairing pairing not None):
    """The level of every kind of evidence for every pair: a matrix of pairs and kinds, see `kinds.NUMBERS`."""
    out = np.empty((len(pairing.p), KINDS), dtype=np.int8)
    cdef int8_t[:, ::1] found = out
    cdef int8_t* row
    cdef Pair pair
    cdef Py_ssize_t at
    cdef int kind
    while pairing.next():
        for at in range(pairing.run.size):
            pairing.pair(at, &pair)
            row = &found[pairing.run.start + at, 0]
            for kind in range(KINDS):
                row[kind] = COMPARE[kind](&pair) if COMPARE[kind] != NULL else 0
            for kind in range(KINDS):
                if COMPARE[kind] == NULL:
                    row[kind] = together(kind, row)
    return out


def parts(Pairing pairing not None, Weights weights not None, const int8_t[:, ::1] found):
    """What every kind of evidence adds to the score of every pair, calibrated; ``found`` are their `levels`."""
    out = np.empty((len(pairing.p), KINDS), dtype=np.float64)
    cdef double[:, ::1] added = out
    cdef Pair pair
    cdef Py_ssize_t at
    cdef int kind
    if found.shape[0] != len(pairing.p) or found.shape[1] != KINDS:
        raise ValueError("levels are those of the pairs")
    while pairing.next():
        for at in range(pairing.run.size):
            pairing.pair(at, &pair)
            for kind in range(KINDS):
                added[pairing.run.start + at, kind] = weights.weight(&pair, kind, found[pairing.run.start + at, kind])
    return out


def more(Pairing pairing not None, Weights weights not None, str kind):
    """What rare values add to the weights of a kind's levels, calibrated, for every pair."""
    out = np.zeros(len(pairing.p), dtype=np.float64)
    cdef double[::1] added = out
    cdef int number = NUMBERS[kind]
    cdef Pair pair
    cdef Py_ssize_t at
    while MORE[number] != NULL and pairing.next():
        for at in range(pairing.run.size):
            pairing.pair(at, &pair)
            added[pairing.run.start + at] = weights.more(&pair, number)
    return out


@cython.final
cdef class Ranking:
    """The pairs that stay in the running: their places, scores and levels."""

    cdef Pairing pairing
    cdef Weights weights
    cdef double base
    cdef double behind
    cdef double hopeless
    cdef int64_t by_name
    cdef int64_t[::1] places
    cdef double[::1] scores
    cdef double[::1] cheap
    cdef int8_t[:, ::1] levels
    cdef Py_ssize_t size

    cdef double compare_cheaply(self) noexcept nogil:
        """Compare the pairs of the run by what is cheap; returns the score of the best."""
        cdef Pair pair
        cdef Py_ssize_t at
        cdef Namesake* name
        cdef double best = -INFINITY
        for at in range(self.pairing.run.size):
            self.pairing.pair(at, &pair)
            name = pair.namesake
            if name.contact == pair.contact:
                name.cheap = self.weights.total(&pair, CHEAP_BY_NAME, name.levels)
            self.cheap[at] = self.weights.total(&pair, CHEAP, &self.levels[self.size + at, 0]) + name.cheap + self.base
            best = max(best, self.cheap[at])
        return best

    cdef void compare_rest(self, double best) noexcept nogil:
        """Compare those by letters that are not too far behind, and keep them."""
        cdef Pair pair
        cdef Py_ssize_t at, first = self.size
        cdef bint near
        for at in range(self.pairing.run.size):
            self.pairing.pair(at, &pair)
            near = self.cheap[at] >= best - self.behind and self.cheap[at] >= self.hopeless
            if near or pair.bits & ~self.by_name:
                self.keep(&pair, at, first)

    cdef void keep(self, Pair* pair, Py_ssize_t at, Py_ssize_t first) noexcept nogil:
        """Score a pair of the run and note it after those that were kept."""
        cdef Namesake* name = pair.namesake
        cdef int8_t* levels = &self.levels[self.size, 0]
        if not name.kept:
            name.kept, name.dear = True, self.weights.total(pair, DEAR_BY_NAME, name.levels)
        if first + at != self.size:
            memcpy(levels, &self.levels[first + at, 0], KINDS)
        self.places[self.size] = self.pairing.run.start + at
        self.scores[self.size] = self.cheap[at] + (self.weights.total(pair, DEAR, levels) + name.dear)
        self.take(CHEAP_BY_NAME, name.levels, levels)
        self.take(DEAR_BY_NAME, name.levels, levels)
        self.scores[self.size] += self.weights.total(pair, TOGETHER, levels)
        self.size += 1

    cdef void take(self, int group, const int8_t* found, int8_t* levels) noexcept nogil:
        """Take over the levels of a group of kinds."""
        cdef int at
        for at in range(self.weights.size[group]):
            levels[self.weights.group[group][at]] = found[self.weights.group[group][at]]


def rank(
    Pairing pairing not None, Weights weights not None, double base, *, double behind, double hopeless, int64_t by_name
):
    """The places of the pairs that are in the running, the score of each, and their levels.

    What is cheap to compare comes first. Pairs that fall ``behind`` the best of their profile, or are ``hopeless``, are
    dropped before letters are compared, unless they agree in another clue than those ``by_name``.
    """
    cdef Ranking ranking = Ranking()
    places, scores = np.empty(len(pairing.p), dtype=np.int64), np.empty(len(pairing.p), dtype=np.float64)
    levels = np.zeros((len(pairing.p), KINDS), dtype=np.int8)
    ranking.pairing, ranking.weights, ranking.base = pairing, weights, base
    ranking.behind, ranking.hopeless, ranking.by_name = behind, hopeless, by_name
    ranking.places, ranking.scores, ranking.levels = places, scores, levels
    ranking.cheap = np.empty(pairing.run.room, dtype=np.float64)
    while pairing.next():
        ranking.compare_rest(ranking.compare_cheaply())
    return places[: ranking.size], scores[: ranking.size], levels[: ranking.size]


def posterior(const double[::1] scores, const int64_t[::1] profiles, Py_ssize_t count):
    """Probability of each pair among all candidates of its profile and "none of them", see `weights.posterior`."""
    peaks, out = np.zeros(count, dtype=np.float64), np.empty(len(scores), dtype=np.float64)
    cdef double[::1] peak = peaks, share = out
    cdef Py_ssize_t at
    if len(profiles) != len(scores):
        raise ValueError("every score has a profile")
    for at in range(len(scores)):
        if not 0 <= profiles[at] < count:
            raise IndexError("a score names a profile that is none")
        peak[profiles[at]] = max(peak[profiles[at]], scores[at])
    totals = np.exp2(-peaks)
    cdef double[::1] total = totals
    for at in range(len(scores)):
        share[at] = exp2(scores[at] - peak[profiles[at]])
        total[profiles[at]] += share[at]
    for at in range(len(scores)):
        share[at] /= total[profiles[at]]
    return out


cdef struct Scored:
    double score
    int64_t place


cdef int compare_scores(const void* left, const void* right) noexcept nogil:
    """The greater score first; of equal ones, the one that came first."""
    cdef const Scored* one = <const Scored*>left
    cdef const Scored* other = <const Scored*>right
    if one.score != other.score:
        return -1 if one.score > other.score else 1
    return (one.place > other.place) - (one.place < other.place)


def by_score(const int64_t[::1] profiles, const double[::1] scores):
    """The places of pairs by profile, which they are sorted by, and then the greatest score first."""
    cdef Py_ssize_t size = len(scores), start = 0, stop = 0, at
    if len(profiles) != size:
        raise ValueError("every score has a profile")
    out = np.empty(size, dtype=np.int64)
    cdef int64_t[::1] places = out
    cdef Scored* rows = <Scored*>malloc((size + 1) * sizeof(Scored))
    if rows == NULL:
        raise MemoryError
    for at in range(size):
        rows[at].score, rows[at].place = scores[at], at
    while start < size:
        while stop < size and profiles[stop] == profiles[start]:
            stop += 1
        qsort(rows + start, stop - start, sizeof(Scored), compare_scores)
        start = stop
    for at in range(size):
        places[at] = rows[at].place
    free(rows)
    return out


def leaders(
    const int64_t[::1] profiles, const double[::1] scores, const double[::1] probability, const int64_t[::1] proof,
    *, Py_ssize_t top, double floor,
):
    """The places of each profile's best pairs, ``top`` of them at most, and the probability of the next one after each.

    Those less probable than ``floor`` are left out, unless they have ``proof``.
    """
    ordered = by_score(profiles, scores)
    cdef int64_t[::1] order = ordered
    cdef Py_ssize_t at, size = len(order), rank = 0
    cdef int64_t here
    if len(probability) != size or len(proof) != size:
        raise ValueError("every pair has a probability and proof or none")
    places, following = [], []
    for at in range(size):
        here = order[at]
        rank = rank + 1 if at and profiles[here] == profiles[order[at - 1]] else 0
        if rank < top and (probability[here] >= floor or proof[here]):
            places.append(here)
            alone = at + 1 == size or profiles[order[at + 1]] != profiles[here]
            following.append(0.0 if alone else probability[order[at + 1]])
    return np.asarray(places, dtype=np.int64), following
