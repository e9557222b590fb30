/* JournalText: the lines of a journal as records, and what is wrong with them.
 *
 * A crash leaves at most one thing: a last line without line end, which is dropped. Anything else
 * that cannot be read, is missing (records are numbered) or stands there twice is damage. */
#pragma once

#include "journal_record.h"

typedef struct JournalText {
    VEC(JournalRecord) records; /* readable, each once, in the order of their numbers */
    size_t damage_count;        /* lines that are damaged, or before which records are missing */
    size_t line;                /* the first of them */
    Str problem;                /* what is wrong with it: a clause with "it" as the subject */
    bool is_torn;               /* the last line has no line end */
} JournalText;

/* `out` views into `bytes`. */
void journal_text_read(Str bytes, JournalText *out, Arena *arena);
/* The readable records, numbered from 1. */
Str journal_text_write(const JournalText *text, Arena *arena);
/* "a.b, c.d and 3 more": what the readable records are about; "nothing" if no record names an
 * object. */
Str journal_text_addresses(const JournalText *text, Arena *arena);
