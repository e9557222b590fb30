/* Terminal: where text goes: colour or not, how wide, Unicode or not; prompts. The only writer of
 * standard output and standard error. */
#pragma once

#include "cancel.h"
#include "render_text.h"

typedef struct Terminal {
    bool out_is_tty;
    bool in_is_tty;
    bool color;
    bool unicode;
    bool show_sensitive; /* values that are else hidden from sight */
} Terminal;

/* From isatty, the window size, NO_COLOR, TERM and the locale. Before anything is read: it takes
 * the buffer from standard input, so that a signal can end the waiting. */
Terminal terminal_probe(void);
void terminal_out(Str text);
void terminal_err(Str text);
void terminal_print(const char *format, ...) PRINTF_LIKE(1, 2);
/* Notes that `what` ("Standard output") could not be written, for terminal_finish. */
void terminal_fail(const char *what, int error);
/* Before the program ends. False, with an error on standard error, if text was lost on the way. */
MUST_USE bool terminal_finish(void);
RenderStyle terminal_style(const Terminal *terminal);
/* One line from standard input, without its newline; false at its end. */
MUST_USE bool terminal_read_line(Str *out, Arena *arena);
typedef enum TerminalAnswer { ANSWER_GIVEN, ANSWER_END, ANSWER_CANCELLED } TerminalAnswer;

/* The same, unless a signal comes first. */
TerminalAnswer terminal_ask(Str *out, const CancelToken *cancel, Arena *arena);
/* All of standard input. */
Str terminal_read_all(Arena *arena);
/* A line whose characters are not shown while it is typed. */
MUST_USE bool terminal_read_secret(Str *out, Arena *arena);
/* Columns and rows now (the window may have been resized). */
uint32_t terminal_width(void);
uint32_t terminal_height(void);
