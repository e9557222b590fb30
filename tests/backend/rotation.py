"""Which trials of a matrix run. A matrix has a trial for every request of a command and every fault. All of them take hours of
processor time, so a run takes of each class the first, the middle and the last one, and a fourteenth of the others. The
day chooses it: on fourteen days in a row, every trial has run. A class of a few trials runs as a whole.

  --part=N   the part of another day, by its number; a failed run prints it
  --every    the whole matrix

The options are those of the test that imports this module."""
import sys, threading, time, zlib

PARTS = 14
PARTS_OF_LOOP = 7  # a loop may have to meet a lock that is held during few requests
FEW = 5
FEW_OF_LOOP = 12

_lock = threading.Lock()
_counts = [0, 0]  # trials that were chosen, and all


def _option(name):
    """Removes the option from the arguments; returns its text, or None."""
    for word in sys.argv[1:]:
        if word.split("=")[0] == name:
            sys.argv.remove(word)
            return word.partition("=")[2]
    return None


EVERY = _option("--every") is not None
DAY = int(_option("--part") or time.time() // 86400)


def _choose(rows, few=FEW, parts=PARTS):
    ends = {0, len(rows) // 2, len(rows) - 1}
    return [row for index, row in enumerate(rows) if EVERY or len(rows) <= few or index in ends or index % parts == DAY % parts]


def choose(rows, few=FEW, parts=PARTS):
    """The trials of one class, in the order of their requests, that run; all of them if they are at most `few`."""
    rows = list(rows)
    chosen = _choose(rows, few, parts)
    with _lock:
        _counts[0] += len(chosen)
        _counts[1] += len(rows)
    return chosen


def alternate(rows):
    """One trial of a small class, and of a large one a fourteenth: less than choose takes, for trials that take seconds."""
    rows = list(rows)
    distance = 1 if EVERY else max(1, min(len(rows), PARTS))
    chosen = rows[DAY % distance::distance]
    with _lock:
        _counts[0] += len(chosen)
        _counts[1] += len(rows)
    return chosen


def following(number, total):
    """For a loop over the requests 1 to `total`: the one after `number`, which is 0 before the first; None at the end."""
    chosen = (choose if number == 0 else _choose)(range(1, total + 1), FEW_OF_LOOP, PARTS_OF_LOOP)
    return next((other for other in chosen if other > number), None)


def is_turn(name):
    """Whether it is the day of a case that runs on one of fourteen."""
    return EVERY or zlib.crc32(name.encode()) % PARTS == DAY % PARTS


def note():
    """What ran, for the last line of a test."""
    chosen, total = _counts
    if chosen == total:
        return "every trial of the matrix"
    return "%d of %d trials of the matrix, part %d of %d: --part=%d repeats them, --every runs all" % (chosen, total, DAY % PARTS, PARTS, DAY)
