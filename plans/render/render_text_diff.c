/* render_text_diff: prints containers and leaves. Names are padded to the longest of their body. */
#include "render_text_diff.h"
#include "json.h"
#include "render_text_string.h"
#include "utf8.h"

/* Between the old and the new value. */
static void add_arrow(RenderPen *pen) {
    render_pen_text(pen, " ");
    render_pen_ink(pen, INK_YELLOW, "->");
    render_pen_text(pen, " ");
}

static void add_forces(RenderPen *pen, const RenderDiff *diff) {
    if (!diff->forces_replacement)
        return;
    render_pen_text(pen, " ");
    render_pen_ink(pen, INK_RED, "# forces replacement");
}

static void text_diff_add_null(RenderPen *pen, const RenderDiff *diff, RenderLook look) {
    if (diff->action != ACTION_DELETE || look.no_null)
        return;
    render_pen_text(pen, " ");
    render_pen_ink(pen, INK_GRAY, "-> null");
}

static void text_diff_add_note(RenderPen *pen, const RenderDiff *diff) {
    if (diff->note.len && diff->action != ACTION_NO_OP)
        render_pen_format(pen, " # %.*s", STR_ARG(diff->note));
}

static void add_hidden(RenderPen *pen, uint32_t level, size_t count, const char *noun,
                       RenderLook look) {
    if (count == 0)
        return;
    render_pen_line(pen, level, ACTION_NO_OP);
    Str text = str_format(pen->scratch, "# (%zu %s %s%s hidden)", count,
                          look.is_extract ? "other" : "unchanged", noun, count == 1 ? "" : "s");
    render_pen_ink(pen, INK_GRAY, str_to_cstr(text, pen->scratch));
    render_pen_text(pen, "\n");
}

/* Attributes that identify an object are shown even if unchanged. */
static bool is_important(Str name) {
    return str_equal(name, STR("id")) || str_equal(name, STR("name")) ||
           str_equal(name, STR("tags"));
}

static bool text_diff_is_name(Str text) {
    for (size_t i = 0; i < text.len;) {
        size_t width;
        uint32_t codepoint = utf8_decode(text, i, &width);
        bool fits = i == 0 ? utf8_is_id_start(codepoint) || codepoint == '_'
                           : utf8_is_id_continue(codepoint) || codepoint == '-';
        if (!fits)
            return false;
        i += width;
    }
    return text.len > 0;
}

static Str display_key(const RenderDiff *diff, size_t i, Arena *scratch) {
    Str name = diff->names[i];
    if (diff->kind == DIFF_BODY || (diff->kind == DIFF_OBJECT && text_diff_is_name(name)))
        return name;
    return render_text_string_quote(name, scratch);
}

static void add_warning_line(RenderPen *pen, uint32_t level, const char *lead, const char *text) {
    render_pen_format(pen, "%*s  # ", (int)level * RENDER_PEN_LEVEL, "");
    if (lead) {
        render_pen_ink(pen, INK_YELLOW, lead);
        render_pen_text(pen, " ");
    }
    render_pen_text(pen, text);
}

/* Warns of a change of sensitivity, without the values. */
static void add_warnings(RenderPen *pen, const RenderDiff *diff, uint32_t level) {
    if (diff->kind != DIFF_SENSITIVE || diff->was_sensitive == diff->is_sensitive ||
        diff->action != ACTION_UPDATE) {
        return;
    }
    if (diff->is_sensitive) {
        add_warning_line(pen, level, "Warning:",
                         "this attribute value will be marked as sensitive and will not\n");
        add_warning_line(pen, level, NULL, "display in UI output after applying this change.");
    } else {
        add_warning_line(
            pen, level, "Warning:", "this attribute value will no longer be marked as sensitive\n");
        add_warning_line(pen, level, NULL, "after applying this change.");
    }
    bool same = diff->items[0]->action == ACTION_NO_OP;
    render_pen_text(pen, same ? " The value is unchanged.\n" : "\n");
}

static void add_simple(RenderPen *pen, Value v) {
    if (!value_is_present(v)) {
        render_pen_text(pen, "null");
    } else if (v.type->kind == KIND_BOOL) {
        render_pen_text(pen, v.as.boolean ? "true" : "false");
    } else {
        render_pen_str(pen, value_number_text(v, pen->scratch));
    }
}

static void text_diff_add_quoted(RenderPen *pen, const RenderStringSide *side) {
    if (side->is_null)
        render_pen_text(pen, "null");
    else
        render_pen_str(pen, render_text_string_quote(side->text, pen->scratch));
}

static void open_heredoc(RenderPen *pen, const RenderDiff *leaf) {
    render_pen_text(pen, "<<-EOT");
    add_forces(pen, leaf);
    render_pen_text(pen, "\n");
}

static void close_heredoc(RenderPen *pen, uint32_t level) {
    render_pen_line(pen, level, ACTION_NO_OP);
    render_pen_text(pen, "EOT");
}

/* The data that a string holds, and the function that encodes it. */
typedef struct Encoded {
    const char *function;
    const RenderDiff *data;
} Encoded;

static void add_encoded(RenderPen *pen, const RenderDiff *leaf, Encoded encoded, uint32_t level,
                        RenderLook look) {
    RenderPen inner = *pen;
    StrBuf text = strbuf_new(pen->scratch);
    inner.out = &text;
    render_text_diff(&inner, encoded.data, level + 1, look);
    Str body = strbuf_str(&text);
    Action action = encoded.data->action;
    bool same = leaf->action == ACTION_UPDATE && action == ACTION_NO_OP;
    render_pen_text(pen, encoded.function);
    render_pen_text(pen, "(");
    if (same) {
        render_pen_text(pen, leaf->forces_replacement ? " # whitespace changes force replacement"
                                                      : " # whitespace changes");
    } else if (str_find_char(body, '\n', 0) == SIZE_MAX) {
        strbuf_add(pen->out, body);
        render_pen_text(pen, ")");
        add_forces(pen, leaf);
        return;
    } else if (!pen->style.peer) {
        add_forces(pen, leaf);
    }
    render_pen_text(pen, "\n");
    render_pen_line(pen, level + 1, action == ACTION_UPDATE ? ACTION_UPDATE : ACTION_NO_OP);
    strbuf_add(pen->out, body);
    if (pen->style.peer && !same)
        add_forces(pen, leaf);
    render_pen_text(pen, "\n");
    render_pen_line(pen, level, ACTION_NO_OP);
    render_pen_text(pen, ")");
}

/* The values of a text; a hidden text is not decoded. */
static const RenderDiff *diff_encoded(const RenderPen *pen, const Value *before,
                                      const Value *after) {
    RenderStyle style = {.peer = pen->style.peer, .show_sensitive = true};
    return render_diff_value(before, after, style, pen->scratch);
}

static void add_string_side(RenderPen *pen, const RenderDiff *leaf, const RenderStringSide *side,
                            uint32_t level, RenderLook look) {
    if (side->is_json) {
        bool goes = leaf->action == ACTION_DELETE;
        bool comes = leaf->action == ACTION_CREATE;
        const RenderDiff *json =
            diff_encoded(pen, comes ? NULL : &side->json, goes ? NULL : &side->json);
        look.no_null = true;
        add_encoded(pen, leaf, (Encoded){"jsonencode", json}, level, look);
    } else if (side->is_multiline) {
        open_heredoc(pen, leaf);
        render_text_string_lines(pen, level, side->text);
        close_heredoc(pen, level);
    } else {
        text_diff_add_quoted(pen, side);
    }
}

/* Writes old and new value of different kinds, one after the other. */
static void add_string_sides(RenderPen *pen, const RenderDiff *leaf, const RenderStringSide *before,
                             const RenderStringSide *after, uint32_t level) {
    RenderLook look = {.no_null = true};
    RenderDiff goes = *leaf;
    goes.action = ACTION_DELETE;
    goes.forces_replacement = false;
    RenderDiff comes = *leaf;
    comes.action = ACTION_CREATE;
    comes.forces_replacement = false;
    add_string_side(pen, &goes, before, level, look);
    add_arrow(pen);
    add_string_side(pen, &comes, after, level, look);
    if (!pen->style.peer || before->is_json == after->is_json)
        add_forces(pen, leaf);
}

static void update_lines(RenderPen *pen, const RenderDiff *leaf, Str before, Str after,
                         uint32_t level, RenderLook look) {
    Value old, new;
    if (!pen->style.peer && render_yaml_read(before, after, &old, &new, pen->scratch)) {
        const RenderDiff *yaml = diff_encoded(pen, &old, &new);
        add_encoded(pen, leaf, (Encoded){"yamlencode", yaml}, level, look);
        return;
    }
    open_heredoc(pen, leaf);
    render_text_string_diff(pen, level, before, after);
    close_heredoc(pen, level);
}

static void add_string_update(RenderPen *pen, const RenderDiff *leaf,
                              const RenderStringSide *before, const RenderStringSide *after,
                              uint32_t level, RenderLook look) {
    bool has_lines = before->is_multiline || after->is_multiline;
    bool has_null = before->is_null || after->is_null;
    if (before->is_json && after->is_json) {
        const RenderDiff *json = diff_encoded(pen, &before->json, &after->json);
        look.show_unchanged = look.show_unchanged || json->action == ACTION_NO_OP;
        add_encoded(pen, leaf, (Encoded){"jsonencode", json}, level, look);
    } else if (!before->is_json && !after->is_json && has_lines &&
               (!has_null || pen->style.peer)) { /* for the peers, null is a line */
        update_lines(pen, leaf, before->is_null ? STR("null") : before->text,
                     after->is_null ? STR("null") : after->text, level, look);
    } else {
        add_string_sides(pen, leaf, before, after, level);
    }
}

/* Returns whether a side of this leaf is a string. */
static bool text_diff_is_string(const RenderDiff *leaf) {
    bool before = value_is_present(leaf->before) && leaf->before.type->kind == KIND_STRING;
    bool after = value_is_present(leaf->after) && leaf->after.type->kind == KIND_STRING;
    return before || after;
}

static bool text_string_read_json(Str text, Value *out, Arena *arena) {
    const char *error;
    size_t offset;
    if (text.len == 0 || (text.ptr[0] != '{' && text.ptr[0] != '['))
        return false;
    return json_parse_any(text, out, &error, &offset, arena);
}

static Str trim(Str text) {
    size_t start = 0;
    size_t width;
    while (start < text.len && utf8_is_space(utf8_decode(text, start, &width)))
        start += width;
    size_t end = text.len;
    while (end > start && strchr(" \t\r\n\v\f", text.ptr[end - 1]))
        end--;
    return str_slice(text, start, end);
}

static RenderStringSide diff_string_side(Value v, Arena *arena) {
    RenderStringSide side = {.is_null = !value_is_present(v)};
    if (side.is_null)
        return side;
    side.text = value_text(v);
    side.is_json = text_string_read_json(side.text, &side.json, arena);
    side.is_multiline = !side.is_json && str_find_char(side.text, '\n', 0) != SIZE_MAX;
    if (side.is_multiline)
        side.text = trim(side.text);
    return side;
}

static void add_string(RenderPen *pen, const RenderDiff *leaf, uint32_t level, RenderLook look) {
    RenderStringSide before = diff_string_side(leaf->before, pen->scratch);
    RenderStringSide after = diff_string_side(leaf->after, pen->scratch);
    if (leaf->action == ACTION_UPDATE) {
        add_string_update(pen, leaf, &before, &after, level, look);
        return;
    }
    const RenderStringSide *side = leaf->action == ACTION_DELETE ? &before : &after;
    add_string_side(pen, leaf, side, level, look);
    text_diff_add_null(pen, leaf, look);
    if (!side->is_json && !side->is_multiline)
        add_forces(pen, leaf);
}

static void add_leaf(RenderPen *pen, const RenderDiff *diff, uint32_t level, RenderLook look) {
    if (text_diff_is_string(diff)) {
        add_string(pen, diff, level, look);
        return;
    }
    if (diff->action == ACTION_UPDATE) {
        add_simple(pen, diff->before);
        add_arrow(pen);
        add_simple(pen, diff->after);
    } else {
        bool goes = diff->action == ACTION_DELETE;
        bool is_no_text = goes && diff->before.type->kind == KIND_STRING; /* no "null -> null" */
        add_simple(pen, goes ? diff->before : diff->after);
        if (!is_no_text)
            text_diff_add_null(pen, diff, look);
    }
    add_forces(pen, diff);
}

static void text_diff_add_unknown(RenderPen *pen, const RenderDiff *diff, uint32_t level) {
    if (diff->count) {
        render_text_diff(pen, diff->items[0], level, (RenderLook){.no_null = true});
        add_arrow(pen);
    }
    render_pen_text(pen, render_style_unknown(pen->style));
    add_forces(pen, diff);
}

/* Writes a placeholder of a value. */
static void add_hint(RenderPen *pen, const RenderDiff *diff, const char *text, RenderLook look) {
    render_pen_text(pen, text);
    text_diff_add_null(pen, diff, look);
    add_forces(pen, diff);
}

static void add_type_change(RenderPen *pen, const RenderDiff *diff, uint32_t level) {
    RenderLook inner = {.no_null = true};
    render_text_diff(pen, diff->items[0], level, inner);
    add_arrow(pen);
    render_text_diff(pen, diff->items[1], level, inner);
    add_forces(pen, diff);
}

static void text_diff_open_bracket(RenderPen *pen, const RenderDiff *diff, const char *bracket) {
    render_pen_text(pen, bracket);
    add_forces(pen, diff);
    render_pen_text(pen, "\n");
}

static void text_diff_close_bracket(RenderPen *pen, const RenderDiff *diff, uint32_t level,
                                    const char *bracket, RenderLook look) {
    render_pen_line(pen, level, ACTION_NO_OP);
    render_pen_text(pen, bracket);
    text_diff_add_null(pen, diff, look);
}

static void text_diff_add_element(RenderPen *pen, const RenderDiff *item, uint32_t level,
                                  RenderLook look) {
    add_warnings(pen, item, level);
    render_pen_line(pen, level, item->action);
    render_text_diff(pen, item, level, look);
    render_pen_text(pen, ",");
    text_diff_add_note(pen, item);
    render_pen_text(pen, "\n");
}

static void text_diff_add_elements(RenderPen *pen, const RenderDiff *diff, uint32_t level,
                                   RenderLook look) {
    size_t hidden = 0;
    for (size_t i = 0; i < diff->count; i++) {
        if (diff->items[i]->action == ACTION_NO_OP && !look.show_unchanged)
            hidden++;
        else
            text_diff_add_element(pen, diff->items[i], level, look);
    }
    add_hidden(pen, level, hidden, "element", look);
}

/* Writes the changed elements of a list, each with its unchanged neighbours. */
static void add_list_elements(RenderPen *pen, const RenderDiff *diff, uint32_t level,
                              RenderLook look) {
    RenderLook whole = {.show_unchanged = true, .no_null = look.no_null};
    size_t hidden = 0;
    bool follows_change = false;
    for (size_t i = 0; i < diff->count; i++) {
        const RenderDiff *item = diff->items[i];
        if (item->action == ACTION_NO_OP) {
            if (follows_change || look.show_unchanged)
                text_diff_add_element(pen, item, level, whole);
            else
                hidden++;
            follows_change = false;
            continue;
        }
        if (hidden > 1)
            add_hidden(pen, level, hidden - 1, "element", look);
        if (hidden)
            text_diff_add_element(pen, diff->items[i - 1], level, whole);
        hidden = 0;
        text_diff_add_element(pen, item, level, look);
        follows_change = true;
    }
    add_hidden(pen, level, hidden, "element", look);
}

static void text_diff_add_sequence(RenderPen *pen, const RenderDiff *diff, uint32_t level,
                                   RenderLook look) {
    if (diff->count == 0) {
        add_hint(pen, diff, "[]", look);
        return;
    }
    RenderLook inner = look;
    inner.no_null = true;
    text_diff_open_bracket(pen, diff, "[");
    if (diff->kind == DIFF_LIST)
        add_list_elements(pen, diff, level + 1, inner);
    else
        text_diff_add_elements(pen, diff, level + 1, inner);
    text_diff_close_bracket(pen, diff, level, "]", look);
}

/* Returns whether the part is the ID, in a text that represents several objects. */
static bool text_diff_is_own(const RenderPen *pen, const RenderDiff *diff, size_t i,
                             uint32_t level) {
    Action action = diff->items[i]->action;
    return pen->style.is_shared && level == 1 && str_equal(diff->names[i], STR("id")) &&
           (action == ACTION_UPDATE || action == ACTION_DELETE);
}

static void add_own(RenderPen *pen, const RenderDiff *item, RenderLook look) {
    render_pen_text(pen, "(each its own)");
    if (item->action == ACTION_UPDATE) {
        add_arrow(pen);
        render_pen_text(pen, render_style_unknown(pen->style));
    }
    text_diff_add_null(pen, item, look);
    add_forces(pen, item);
}

size_t render_text_name_width(const RenderPen *pen, Str name) {
    return pen->style.peer ? name.len : utf8_display_width(name);
}

static size_t count_code_points(Str s) {
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return count;
}

void render_text_name(RenderPen *pen, Str name, size_t width) {
    size_t own = pen->style.peer ? count_code_points(name) : utf8_display_width(name);
    render_pen_str(pen, name);
    strbuf_add_repeat(pen->out, ' ', width > own ? width - own : 0);
}

/* Writes "name = value" for each part; returns the number of hidden parts. */
static size_t text_diff_add_named(RenderPen *pen, const RenderDiff *diff, uint32_t level,
                                  RenderLook look) {
    bool has_important = diff->kind != DIFF_MAP && !(pen->style.is_shared && level == 1);
    size_t widest = 0;
    size_t hidden = 0;
    for (size_t i = 0; i < diff->count; i++) {
        size_t width = render_text_name_width(pen, display_key(diff, i, pen->scratch));
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < diff->count; i++) {
        const RenderDiff *item = diff->items[i];
        Str key = display_key(diff, i, pen->scratch);
        RenderLook inner = look;
        if (has_important && is_important(diff->names[i]))
            inner.show_unchanged = true;
        if (item->action == ACTION_NO_OP && !inner.show_unchanged) {
            hidden++;
            continue;
        }
        add_warnings(pen, item, level);
        render_pen_line(pen, level, item->action);
        render_text_name(pen, key, diff->is_nested && diff->kind == DIFF_MAP ? 0 : widest);
        render_pen_text(pen, " = ");
        if (text_diff_is_own(pen, diff, i, level))
            add_own(pen, item, inner);
        else
            render_text_diff(pen, item, level, inner);
        if (diff->kind == DIFF_MAP && item->kind == DIFF_OBJECT)
            render_pen_text(pen, ",");
        text_diff_add_note(pen, item);
        render_pen_text(pen, "\n");
    }
    return hidden;
}

static void text_diff_add_fields(RenderPen *pen, const RenderDiff *diff, uint32_t level,
                                 RenderLook look) {
    if (diff->count == 0) {
        add_hint(pen, diff, "{}", look);
        return;
    }
    RenderLook inner = look;
    bool is_map = diff->kind == DIFF_MAP;
    inner.no_null = is_map ? diff->is_nested || diff->action == ACTION_DELETE : !diff->is_nested;
    text_diff_open_bracket(pen, diff, "{");
    size_t hidden = text_diff_add_named(pen, diff, level + 1, inner);
    add_hidden(pen, level + 1, hidden, is_map ? "element" : "attribute", look);
    text_diff_close_bracket(pen, diff, level, "}", look);
}

static void text_diff_add_block(RenderPen *pen, const RenderDiffBlock *block, uint32_t level,
                                RenderLook look) {
    add_warnings(pen, block->body, level);
    render_pen_line(pen, level, block->body->action);
    render_pen_str(pen, block->name);
    render_pen_text(pen, " ");
    if (block->label.ptr) {
        render_pen_str(pen, render_text_string_quote(block->label, pen->scratch));
        render_pen_text(pen, " ");
    }
    if (block->body->kind != DIFF_BODY)
        render_pen_text(pen, "= ");
    render_text_diff(pen, block->body, level, look);
    text_diff_add_note(pen, block->body);
    render_pen_text(pen, "\n");
}

/* Separates blocks of different names by an empty line. */
static void add_blocks(RenderPen *pen, const RenderDiff *diff, uint32_t level, RenderLook look) {
    size_t hidden = 0;
    Str group = {0};
    vec_each(&diff->blocks, block) {
        if (block->body->action == ACTION_NO_OP && !look.show_unchanged) {
            hidden++;
            continue;
        }
        if (!str_equal(group, block->name) && diff->count)
            render_pen_text(pen, "\n");
        group = block->name;
        text_diff_add_block(pen, block, level, look);
    }
    if (hidden) {
        render_pen_text(pen, "\n");
        add_hidden(pen, level, hidden, "block", look);
    }
}

static void add_body(RenderPen *pen, const RenderDiff *diff, uint32_t level, RenderLook look) {
    if (diff->count == 0 && diff->blocks.count == 0) {
        add_hint(pen, diff, "{}", (RenderLook){.no_null = true});
        return;
    }
    text_diff_open_bracket(pen, diff, "{");
    size_t hidden = text_diff_add_named(pen, diff, level + 1, look);
    add_hidden(pen, level + 1, hidden, "attribute", look);
    add_blocks(pen, diff, level + 1, look);
    text_diff_close_bracket(pen, diff, level, "}", (RenderLook){.no_null = true});
}

void render_text_diff(RenderPen *pen, const RenderDiff *diff, uint32_t level, RenderLook look) {
    switch (diff->kind) {
    case DIFF_LEAF: add_leaf(pen, diff, level, look); break;
    case DIFF_UNKNOWN: text_diff_add_unknown(pen, diff, level); break;
    case DIFF_SENSITIVE: add_hint(pen, diff, "(sensitive value)", look); break;
    case DIFF_WRITE_ONLY: add_hint(pen, diff, "(write-only attribute)", look); break;
    case DIFF_TYPE_CHANGE: add_type_change(pen, diff, level); break;
    case DIFF_LIST:
    case DIFF_NESTED_LIST:
    case DIFF_SET: text_diff_add_sequence(pen, diff, level, look); break;
    case DIFF_MAP:
    case DIFF_OBJECT: text_diff_add_fields(pen, diff, level, look); break;
    case DIFF_BODY: add_body(pen, diff, level, look); break;
    }
}
