/* foreign_output: writes the error output of a provider to the log line by line, with the level of
 * each line, and stores the stack trace of a crash for an error message. */
#pragma once

#include "log.h"

enum { FOREIGN_LINE_MAX = 65536, FOREIGN_CRASH_MAX = 65536 };

typedef struct ForeignOutput {
    Str name; /* of the provider, for the log */
    size_t length;
    bool is_crashed; /* a line began a stack trace */
    size_t crash_length;
    size_t last_length;
    char line[FOREIGN_LINE_MAX];
    char crash[FOREIGN_CRASH_MAX]; /* from the first line of the crash on */
    char last[1024];               /* the newest lines that are no log lines */
} ForeignOutput;

/* Adds a piece of output; handles each line when its end arrives. At the end of the output, call it
 * with "\n" to handle an unfinished line. */
void foreign_output_add(ForeignOutput *output, Str piece);
/* Returns the stack trace of a crash, or else `last`; a view. */
Str foreign_output_text(const ForeignOutput *output);
