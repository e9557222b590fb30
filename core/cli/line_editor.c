/* A line typed at a terminal. libedit's names clash with ours, so no other file includes its
 * header. */
#include "line_editor.h"

#include <editline/readline.h>

bool line_editor_read(const char *prompt, Str *out, Arena *arena) {
    char *typed = readline(prompt);
    if (!typed)
        return false;
    *out = str_clone(str_from_cstr(typed), arena);
    if (typed[0])
        add_history(typed);
    free(typed);
    return true;
}
