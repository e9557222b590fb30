/* Terminal: output, prompts, and the properties of the terminal: colour, Unicode, size. Other files
 * write to standard error only the log and fatal errors. */
#pragma once

#include "cancel.h"
#include "render_text.h"

typedef struct Terminal {
    bool out_is_tty;
    bool in_is_tty;
    bool color;
    bool unicode;
    const RenderPeer *peer; /* whose texts are written; NULL: loam's own */
    bool in_automation;
    RenderDetails details;
    bool show_sensitive; /* print sensitive values instead of masking them */
    uint32_t
        paragraph; /* columns of explaining texts if the output is no terminal; 0: not wrapped */
} Terminal;

/* Detects the properties from isatty, NO_COLOR, TERM and the locale. Call before reading input: it
 * makes standard input unbuffered, so that a signal can interrupt a prompt. */
Terminal terminal_probe(void);
void terminal_out(Str text);
void terminal_err(Str text);
void terminal_print(const char *format, ...) PRINTF_LIKE(1, 2);
/* Records that `what` ("Standard output") could not be written, for terminal_finish. */
void terminal_fail(const char *what, int error);
/* Call before the program ends. Returns false if output was lost, with an error on standard error
 * unless a pipe was closed. */
MUST_USE bool terminal_finish(void);
RenderStyle terminal_style(const Terminal *terminal);
/* Return the text before a child in a tree, and before the lines below that child. */
Str terminal_branch(const Terminal *terminal, bool is_last);
Str terminal_margin(const Terminal *terminal, bool is_last);
/* Reads one line from standard input, without its newline. Returns false at the end of input. */
MUST_USE bool terminal_read_line(Str *out, Arena *arena);
typedef enum TerminalAnswer { ANSWER_GIVEN, ANSWER_END, ANSWER_CANCELLED } TerminalAnswer;

/* Like terminal_read_line, but returns early if `cancel` is raised. */
TerminalAnswer terminal_ask(Str *out, const CancelToken *cancel, Arena *arena);
/* Reads standard input to its end. */
Str terminal_read_all(Arena *arena);
/* Reads one line without echo. */
MUST_USE bool terminal_read_secret(Str *out, Arena *arena);
/* Return the current size of the window in columns and rows; 80 by 24 if unknown. */
uint32_t terminal_width(void);
uint32_t terminal_height(void);
