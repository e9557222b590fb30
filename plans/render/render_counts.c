/* render_counts: lines sorted by action and type. */
#include "render_title.h"

#include <stdlib.h>

typedef struct CountRow {
    Action action;
    const char *word;
    Str type;
    uint32_t count;
} CountRow;

typedef VEC(CountRow) CountRows;

static int counts_compare_rows(const void *a, const void *b) {
    const CountRow *left = a, *right = b;
    int order = (left->action > right->action) - (left->action < right->action);
    order = order ? order : strcmp(left->word, right->word);
    return order ? order : str_compare(left->type, right->type);
}

static const char *word_of(const ResourceChange *change) {
    if (change->action != ACTION_NO_OP)
        return action_name(change->action);
    return change->previous.type.len > 0 ? "move" : "import";
}

static CountRow *counts_row_of(CountRows *rows, const ResourceChange *change, Arena *scratch) {
    const char *word = word_of(change);
    Str type =
        str_concat(resource_mode_prefix(change->address.mode), change->address.type, scratch);
    vec_each(rows, row) {
        if (row->action == change->action && row->word == word && str_equal(row->type, type))
            return row;
    }
    vec_push(scratch, rows, ((CountRow){change->action, word, type, 0}));
    return &rows->items[rows->count - 1];
}

void render_counts(RenderPen *pen, const Plan *plan) {
    CountRows rows = {0};
    int widest = 0;
    vec_each(&plan->changes, change) {
        if (plan_is_shown(change))
            counts_row_of(&rows, change, pen->scratch)->count++;
    }
    if (rows.count > 1)
        qsort(rows.items, rows.count, sizeof *rows.items, counts_compare_rows);
    vec_each(&rows, row) {
        int width = (int)strlen(row->word);
        widest = width > widest ? width : widest;
    }
    vec_each(&rows, row) {
        render_pen_symbol(pen, row->action);
        render_pen_format(pen, "%-*s %4u  %.*s\n", widest, row->word, row->count,
                          STR_ARG(row->type));
    }
}
