/* line_editor: lines typed at a terminal, with editing, history and completion (libedit).
 *
 * The history is kept in memory alone: what was typed may be a secret. Control-C clears the line,
 * control-D on an empty one ends the input. One at a time, one thread. */
#pragma once

#include "str.h"
#include "vec.h"

/* What the text before the cursor can go on with: whole words that begin where the last one does,
 * at *start. */
typedef void LineComplete(
    const void *payload, Str before, size_t *start, StrVec *out, Arena *arena);

typedef struct LineEditor {
    struct LineEditorState *state; /* NULL: none is open */
} LineEditor;

typedef enum LineOutcome { LINE_READ, LINE_CLEARED, LINE_END } LineOutcome;

void line_editor_open(LineEditor *editor,
                      LineComplete *complete,
                      const void *payload,
                      Arena *arena);
void line_editor_release(LineEditor *editor);
SCOPED_TYPE(LineEditor, line_editor_release);
/* *out is set by LINE_READ alone. */
LineOutcome line_editor_read(LineEditor *editor, const char *prompt, Str *out, Arena *arena);

/* What all of the words begin with. */
Str line_editor_common(const StrVec *words);
/* The words in columns, as `ls` has them: down first. */
Str line_editor_columns(const StrVec *words, uint32_t width, Arena *arena);
