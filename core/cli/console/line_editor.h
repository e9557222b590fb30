/* line_editor: reads lines from a terminal, with editing, history and completion (libedit).
 *
 * The history stays in memory, as input may contain secrets. Control-C clears the line; control-D
 * on an empty line ends the input. At most one editor may be open, on one thread. */
#pragma once

#include "vec.h"

/* Returns the whole words that can replace the last word of `before`. *start is the offset of that
 * word. */
typedef void LineComplete(const void *payload, Str before, size_t *start, StrVec *out,
                          Arena *arena);

/* Opened by the first line that it reads. */
typedef struct LineEditor {
    LineComplete *complete;
    const void *payload;           /* for `complete` */
    struct LineEditorState *state; /* NULL: closed */
} LineEditor;

typedef enum LineOutcome { LINE_READ, LINE_CLEARED, LINE_END } LineOutcome;

void line_editor_release(LineEditor *editor);
SCOPED_TYPE(LineEditor, line_editor_release);
/* Sets *out only if it returns LINE_READ. The first call opens the editor in `arena`, which must
 * outlive the editor. */
LineOutcome line_editor_read(LineEditor *editor, const char *prompt, Str *out, Arena *arena);

/* Returns the longest common prefix of the words. */
Str line_editor_common(const StrVec *words);
/* Formats the words in columns, filled from top to bottom like the output of `ls`. */
Str line_editor_columns(const StrVec *words, uint32_t width, Arena *arena);
