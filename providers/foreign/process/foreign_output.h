/* foreign_output: what a provider prints. Error output goes to the log line by line, with the
 * levels that the lines name, and the text of a crash is kept for the message. */
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
    char last[1024];               /* the newest lines that are no log lines; for a failed start */
} ForeignOutput;

/* Handles all lines that end in the piece. An unfinished last line needs a line end as last piece.
 */
void foreign_output_add(ForeignOutput *output, Str piece);
/* Returns the stack trace of a crash, or else the last plain lines. */
Str foreign_output_text(const ForeignOutput *output);
