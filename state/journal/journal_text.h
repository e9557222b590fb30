/* JournalText: the lines of a journal as records, and its damage.
 *
 * A crash leaves at most a last line without line end, which counts only if its checksum matches.
 * Any other unreadable, missing (records are numbered) or repeated line is damage. */
#pragma once

#include "journal_record.h"

typedef struct JournalText {
    VEC(JournalRecord)
    records;             /* readable records, without repetitions, in the order of their numbers */
    size_t damage_count; /* lines that are damaged, or that follow missing records */
    size_t line;         /* number of the first damaged line */
    Str problem;         /* its damage: a clause with "it" as the subject */
    bool is_torn;        /* the last line has no line end */
} JournalText;

/* `out` holds views of `bytes`. */
void journal_text_read(Str bytes, JournalText *out, Arena *arena);
/* Returns the readable records, numbered from 1. */
Str journal_text_write(const JournalText *text, Arena *arena);
