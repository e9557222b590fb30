/* Prints outputs for people. */
#include "view_outputs.h"
#include "render_secret.h"

void view_outputs_show(Cli *cli, const State *state) {
    SCOPED(ArenaRef) scratch = arena_open("outputs");
    RenderStyle style = terminal_style(&cli->terminal);
    StrBuf text = strbuf_new(scratch);
    map_each(&state->outputs, entry) {
        const StateOutput *output = entry->value;
        strbuf_add_format(&text, "%.*s = ", STR_ARG(entry->key));
        if (output->sensitive && !style.show_sensitive)
            strbuf_add_cstr(&text, "<sensitive>");
        else
            render_text_value(render_secret_mark(cli->secrets, output->value, scratch), 0, style,
                              &text, scratch);
        strbuf_add_char(&text, '\n');
    }
    terminal_out(strbuf_str(&text));
}
