/* Reads a line from a terminal. libedit's names clash with ours, so no other file includes its
 * header. */
#include "line_editor.h"
#include "terminal.h"
#include "utf8.h"

#include <histedit.h>

#define HISTORY_LIMIT 1000

typedef struct LineEditorState {
    EditLine *edit;
    History *history;
    LineComplete *complete;
    const void *payload;
    const char *prompt;
    bool is_cleared;
} LineEditorState;

static LineEditorState *editor_state_of(EditLine *edit) {
    LineEditorState *state = NULL;
    el_get(edit, EL_CLIENTDATA, &state);
    return state;
}

static char *prompt_of(EditLine *edit) {
    return (char *)(uintptr_t)editor_state_of(edit)->prompt;
}

static unsigned char clear_line(EditLine *edit, wint_t) {
    const LineInfo *line = el_line(edit);
    editor_state_of(edit)->is_cleared = true;
    terminal_out(STR("^C\n"));
    el_cursor(edit, (int)(line->lastchar - line->cursor));
    el_deletestr(edit, (int)(line->lastchar - line->buffer));
    return CC_NEWLINE;
}

Str line_editor_common(const StrVec *words) {
    Str common = words->count > 0 ? words->items[0] : STR_EMPTY;
    vec_each(words, word) {
        size_t same = 0;
        while (same < common.len && same < word->len && common.ptr[same] == word->ptr[same])
            same++;
        common.len = same;
    }
    return str_slice(common, 0, utf8_valid_prefix(common));
}

Str line_editor_columns(const StrVec *words, uint32_t width, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    size_t widest = 1;
    vec_each(words, word) {
        size_t columns = utf8_display_width(*word);
        widest = columns > widest ? columns : widest;
    }
    size_t columns = width / (widest + 2) > 0 ? width / (widest + 2) : 1;
    size_t rows = (words->count + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = row; i < words->count; i += rows) {
            strbuf_add(&out, words->items[i]);
            if (i + rows < words->count)
                strbuf_add_repeat(&out, ' ', widest + 2 - utf8_display_width(words->items[i]));
        }
        strbuf_add_char(&out, '\n');
    }
    return strbuf_str(&out);
}

/* Inserts the common prefix of all completions; lists them if there is nothing to insert. */
static unsigned char complete_line(EditLine *edit, wint_t) {
    SCOPED(ArenaRef) arena = arena_open("completion");
    const LineEditorState *state = editor_state_of(edit);
    const LineInfo *line = el_line(edit);
    Str before = str_clone(str_from_range(line->buffer, line->cursor), arena);
    size_t start = before.len;
    StrVec words = {0};
    state->complete(state->payload, before, &start, &words, arena);
    Str common = line_editor_common(&words);
    if (common.len > before.len - start) {
        Str rest = str_after(common, before.len - start);
        return el_insertstr(edit, str_to_cstr(rest, arena)) == 0 ? CC_REFRESH : CC_REFRESH_BEEP;
    }
    if (words.count < 2)
        return CC_REFRESH_BEEP;
    terminal_out(STR("\n"));
    terminal_out(line_editor_columns(&words, terminal_width(), arena));
    return CC_REDISPLAY;
}

static void open_editor(LineEditor *editor, Arena *arena) {
    LineEditorState *state = arena_new(arena, LineEditorState);
    HistEvent event;
    *state =
        (LineEditorState){.complete = editor->complete, .payload = editor->payload, .prompt = "> "};
    state->edit = el_init("loam", stdin, stdout, stderr);
    state->history = history_init();
    CHECK(state->edit && state->history);
    history(state->history, &event, H_SETSIZE, HISTORY_LIMIT);
    history(state->history, &event, H_SETUNIQUE, 1);
    el_set(state->edit, EL_CLIENTDATA, state);
    el_set(state->edit, EL_PROMPT, prompt_of);
    el_set(state->edit, EL_EDITOR, "emacs");
    el_set(state->edit, EL_HIST, history, state->history);
    el_wset(state->edit, EL_ADDFN, L"loam-complete", L"Complete the word", complete_line);
    el_wset(state->edit, EL_ADDFN, L"loam-clear", L"Clear the line", clear_line);
    el_set(state->edit, EL_BIND, "^I", "loam-complete", NULL);
    el_set(state->edit, EL_BIND, "^C", "loam-clear", NULL);
    el_set(state->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_set(state->edit, EL_SETTY, "-d", "-isig", NULL);
    editor->state = state;
}

void line_editor_release(LineEditor *editor) {
    if (!editor->state)
        return;
    el_end(editor->state->edit);
    history_end(editor->state->history);
    editor->state = NULL;
}

LineOutcome line_editor_read(LineEditor *editor, const char *prompt, Str *out, Arena *arena) {
    HistEvent event;
    int length = 0;
    if (!editor->state)
        open_editor(editor, arena);
    LineEditorState *state = editor->state;
    state->prompt = prompt;
    state->is_cleared = false;
    el_resize(state->edit);
    const char *typed = el_gets(state->edit, &length);
    if (state->is_cleared)
        return LINE_CLEARED;
    if (!typed || length <= 0) {
        terminal_out(STR("\n"));
        return LINE_END;
    }
    Str line = {typed, (size_t)length};
    if (str_ends_with(line, STR("\n")))
        line.len--;
    *out = str_clone(line, arena);
    if (str_trim(line).len > 0)
        history(state->history, &event, H_ENTER, str_to_cstr(*out, arena));
    return LINE_READ;
}
