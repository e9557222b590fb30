/* Sentences of Terraform and OpenTofu. */
#include "view_peer.h"
#include "render_peer.h"

const RenderPeer *view_peer_of(const Cli *cli) {
    return cli_name(cli)->peer;
}

static bool peer_is_name_char(char c) {
    return isalnum((unsigned char)c) || strchr("_-./", c);
}

/* Returns whether the word at `at` is the name of the program: "loam" in a path, an address or a
 * file name is none. */
static bool peer_is_word(Str text, size_t at, size_t end) {
    bool is_free = at == 0 || !peer_is_name_char(text.ptr[at - 1]);
    bool is_last = end >= text.len || !peer_is_name_char(text.ptr[end]);
    bool ends_sentence = end < text.len && text.ptr[end] == '.' &&
                         (end + 1 == text.len || isspace((unsigned char)text.ptr[end + 1]));
    return is_free && (is_last || ends_sentence);
}

/* A command stands behind a quotation mark or on an indented line. */
static bool is_command(Str text, size_t at, size_t end) {
    bool is_quoted = at > 0 && text.ptr[at - 1] == '"';
    bool is_indented = at > 1 && text.ptr[at - 1] == ' ' && text.ptr[at - 2] == ' ';
    bool has_word = end + 1 < text.len && text.ptr[end] == ' ' &&
                    (islower((unsigned char)text.ptr[end + 1]) || text.ptr[end + 1] == '-');
    return has_word && (is_quoted || is_indented);
}

Str view_peer_words(const Cli *cli, Str text, Arena *arena) {
    const RenderPeer *peer = view_peer_of(cli);
    Str name = STR("loam");
    size_t at = peer ? str_find(text, name, 0) : SIZE_MAX, from = 0;
    if (at == SIZE_MAX)
        return text;
    StrBuf out = strbuf_new(arena);
    for (; at != SIZE_MAX; at = str_find(text, name, at + name.len)) {
        size_t end = at + name.len;
        if (!peer_is_word(text, at, end))
            continue;
        strbuf_add(&out, str_slice(text, from, at));
        strbuf_add_cstr(&out, is_command(text, at, end) ? peer->command : peer->title);
        from = end;
    }
    strbuf_add(&out, str_after(text, from));
    return strbuf_str(&out);
}

void view_peer_plan_hint(const Cli *cli, Str path, Str generated) {
    const RenderPeer *peer = view_peer_of(cli);
    if (cli->in_automation)
        return;
    SCOPED(ArenaRef) scratch = arena_open("hint");
    StrBuf out = strbuf_new(scratch);
    RenderPen pen = {.out = &out, .scratch = scratch, .style = terminal_style(&cli->terminal)};
    render_peer_rule(&pen);
    if (generated.len > 0) {
        render_pen_text(&pen, "\n");
        render_peer_wrapped(&pen,
                            "%s has generated configuration and written it to %.*s. Please review "
                            "the configuration and edit it as necessary before adding it to "
                            "version control.\n",
                            peer->title, STR_ARG(generated));
    }
    render_pen_text(&pen, "\n");
    if (path.ptr)
        render_pen_format(&pen,
                          "Saved the plan to: %.*s\n\nTo perform exactly these actions, run the "
                          "following command to apply:\n    %s apply \"%.*s\"\n",
                          STR_ARG(path), peer->command, STR_ARG(path));
    else
        render_peer_wrapped(&pen,
                            "Note: You didn't use the -out option to save this plan, so %s can't "
                            "guarantee to take exactly these actions if you run \"%s apply\" "
                            "now.\n",
                            peer->title, peer->command);
    terminal_out(strbuf_str(&out));
}
