/* Prints outputs for people. */
#include "view_outputs.h"
#include "render_secret.h"

/* The names of the outputs, sorted: a new output is the last one of the state. */
static StrVec sorted_names(const State *state, Arena *arena) {
    StrVec names = {0};
    map_each(&state->outputs, entry) {
        vec_push(arena, &names, entry->key);
    }
    str_sort(names.items, names.count);
    return names;
}

typedef void Printer(Value value, RenderStyle style, StrBuf *out, Arena *scratch);

static void outputs_print_value(Value value, RenderStyle style, StrBuf *out, Arena *scratch) {
    render_text_value(value, 0, style, out, scratch);
}

static void print_nested(Value value, RenderStyle style, StrBuf *out, Arena *scratch) {
    render_text_nested(value, style, out, scratch);
}

static void print_all(Cli *cli, const State *state, const char *sensitive, Printer *print) {
    SCOPED(ArenaRef) scratch = arena_open("outputs");
    RenderStyle style = terminal_style(&cli->terminal);
    StrBuf text = strbuf_new(scratch);
    StrVec names = sorted_names(state, scratch);
    vec_each(&names, name) {
        const StateOutput *output = map_find(&state->outputs, *name);
        strbuf_add_format(&text, "%.*s = ", STR_ARG(*name));
        if (output->sensitive && !style.show_sensitive)
            strbuf_add_cstr(&text, sensitive);
        else
            print(style.peer ? output->value
                             : render_secret_mark(cli->secrets, output->value, scratch),
                  style, &text, scratch);
        strbuf_add_char(&text, '\n');
    }
    terminal_out(strbuf_str(&text));
}

void view_outputs_show(Cli *cli, const State *state) {
    print_all(cli, state, "<sensitive>", outputs_print_value);
}

void view_outputs_show_nested(Cli *cli, const State *state) {
    print_all(cli, state, "(sensitive value)", print_nested);
}

const Schema *view_outputs_find_schema(void *engine, ResourceMode mode, Str provider, Str type) {
    return engine_find_schema(engine, mode, provider, type);
}
