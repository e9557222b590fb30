/* Strings are text of many kinds: the kind decides how a change of one is best seen. */
#include "render_text_string.h"

#include "json.h"
#include "map.h"
#include "render_align.h"
#include "render_yaml.h"
#include "utf8.h"

typedef struct Side {
    bool is_null;
    bool is_json;
    bool is_multiline;
    Str text;   /* of multi-line text without the white space around it */
    Value json; /* object or tuple */
} Side;

static bool read_json(Str text, Value *out, Arena *arena) {
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

static Side side_of(Value v, Arena *arena) {
    Side side = {.is_null = !value_is_present(v)};
    if (side.is_null)
        return side;
    side.text = value_text(v);
    side.is_json = read_json(side.text, &side.json, arena);
    side.is_multiline = !side.is_json && str_find_char(side.text, '\n', 0) != SIZE_MAX;
    if (side.is_multiline)
        side.text = trim(side.text);
    return side;
}

static bool is_printable(uint32_t codepoint) {
    return codepoint >= 0x20 && codepoint != 0x7f && (codepoint < 0x80 || codepoint >= 0xa1) &&
           codepoint != 0xfffd && !utf8_is_space(codepoint) && !utf8_is_format(codepoint);
}

/* As the native syntax reads it again. */
static void quote_control(StrBuf *out, uint32_t codepoint) {
    if (codepoint == '\t' || codepoint == '\n' || codepoint == '\r') {
        strbuf_add_char(out, '\\');
        strbuf_add_char(out, codepoint == '\t' ? 't' : codepoint == '\n' ? 'n' : 'r');
    } else if (codepoint <= 0xffff) {
        strbuf_add_format(out, "\\u%04x", codepoint);
    } else {
        strbuf_add_format(out, "\\U%08x", codepoint);
    }
}

Str render_text_string_quote(Str text, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    strbuf_add_char(&out, '"');
    for (size_t i = 0; i < text.len;) {
        size_t width;
        uint32_t codepoint = utf8_decode(text, i, &width);
        if (codepoint == '"' || codepoint == '\\') {
            strbuf_add_char(&out, '\\');
            strbuf_add_char(&out, (char)codepoint);
        } else if (codepoint == ' ' || is_printable(codepoint) || codepoint == 0xfffd) {
            strbuf_add(&out, str_slice(text, i, i + width));
        } else {
            quote_control(&out, codepoint);
        }
        i += width;
    }
    strbuf_add_char(&out, '"');
    return strbuf_str(&out);
}

static void add_quoted(RenderPen *pen, const Side *side) {
    if (side->is_null)
        render_pen_text(pen, "null");
    else
        render_pen_str(pen, render_text_string_quote(side->text, pen->scratch));
}

static void add_line(RenderPen *pen, uint32_t level, Action action, Str line) {
    render_pen_line(pen, level + 1, action);
    render_pen_str(pen, utf8_strip_controls(line, pen->scratch));
    render_pen_text(pen, "\n");
}

static void add_lines(RenderPen *pen, uint32_t level, Str text) {
    Str line;
    while (str_next_field(&text, '\n', &line))
        add_line(pen, level, ACTION_NO_OP, line);
}

static void open_heredoc(RenderPen *pen, const RenderDiff *leaf) {
    render_pen_text(pen, "<<-EOT");
    render_text_diff_forces(pen, leaf);
    render_pen_text(pen, "\n");
}

static void close_heredoc(RenderPen *pen, uint32_t level) {
    render_pen_line(pen, level, ACTION_NO_OP);
    render_pen_text(pen, "EOT");
}

static uint32_t *identify_lines(Str text, Map *seen, StrVec *lines) {
    Str line;
    while (str_next_field(&text, '\n', &line))
        vec_push(seen->arena, lines, line);
    uint32_t *ids = arena_new_array(seen->arena, uint32_t, lines->count);
    for (size_t i = 0; i < lines->count; i++) {
        uintptr_t known = (uintptr_t)map_find(seen, lines->items[i]);
        if (!known) {
            known = seen->count + 1;
            map_set(seen, lines->items[i], (void *)known);
        }
        ids[i] = (uint32_t)known;
    }
    return ids;
}

/* Two texts, line by line. */
typedef struct LineDiff {
    StrVec old_lines;
    StrVec new_lines;
    const uint32_t *old_ids;
    const uint32_t *new_ids;
    RenderAlignPairs pairs;
} LineDiff;

#define CONTEXT_LINES 3
#define HIDDEN_MIN    4 /* fewer would not make it shorter by much */

static bool is_same(const LineDiff *diff, size_t i) {
    const RenderAlignPair *pair = &diff->pairs.items[i];
    return pair->before != RENDER_ALIGN_NONE && pair->after != RENDER_ALIGN_NONE &&
           diff->old_ids[pair->before] == diff->new_ids[pair->after];
}

/* Lines that stay, from `start` to `end`: of many only those next to what changes. */
static void add_same_lines(
    RenderPen *pen, uint32_t level, const LineDiff *diff, size_t start, size_t end) {
    size_t lead = start == 0 ? 0 : CONTEXT_LINES;
    size_t tail = end == diff->pairs.count ? 0 : CONTEXT_LINES;
    bool hides = end - start >= lead + tail + HIDDEN_MIN;
    for (size_t i = start; i < end; i++) {
        if (hides && i == start + lead) {
            size_t hidden = end - start - lead - tail;
            render_pen_line(pen, level + 1, ACTION_NO_OP);
            Str text = str_format(pen->scratch, "# (%zu unchanged lines hidden)", hidden);
            render_pen_ink(pen, INK_GRAY, str_to_cstr(text, pen->scratch));
            render_pen_text(pen, "\n");
            i += hidden - 1;
            continue;
        }
        add_line(pen, level, ACTION_NO_OP, diff->new_lines.items[diff->pairs.items[i].after]);
    }
}

static void add_changed_line(RenderPen *pen, uint32_t level, const LineDiff *diff, size_t i) {
    const RenderAlignPair *pair = &diff->pairs.items[i];
    if (pair->before != RENDER_ALIGN_NONE)
        add_line(pen, level, ACTION_DELETE, diff->old_lines.items[pair->before]);
    if (pair->after != RENDER_ALIGN_NONE)
        add_line(pen, level, ACTION_CREATE, diff->new_lines.items[pair->after]);
}

static void diff_lines(RenderPen *pen, uint32_t level, Str before, Str after) {
    Map seen = map_new(pen->scratch);
    LineDiff diff = {0};
    diff.old_ids = identify_lines(before, &seen, &diff.old_lines);
    diff.new_ids = identify_lines(after, &seen, &diff.new_lines);
    render_align((RenderAlignSide){.ids = diff.old_ids, .count = diff.old_lines.count},
                 (RenderAlignSide){.ids = diff.new_ids, .count = diff.new_lines.count}, &diff.pairs,
                 pen->scratch);
    for (size_t i = 0; i < diff.pairs.count;) {
        size_t end = i;
        while (end < diff.pairs.count && is_same(&diff, end))
            end++;
        if (end > i)
            add_same_lines(pen, level, &diff, i, end);
        for (i = end; i < diff.pairs.count && !is_same(&diff, i); i++)
            add_changed_line(pen, level, &diff, i);
    }
}

/* What a text encodes, and the function that would make it so. */
typedef struct Encoded {
    const char *function;
    const RenderDiff *data;
} Encoded;

static void add_encoded(
    RenderPen *pen, const RenderDiff *leaf, Encoded encoded, uint32_t level, RenderLook look) {
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
        render_text_diff_forces(pen, leaf);
        return;
    } else {
        render_text_diff_forces(pen, leaf);
    }
    render_pen_text(pen, "\n");
    render_pen_line(pen, level + 1, action == ACTION_UPDATE ? ACTION_UPDATE : ACTION_NO_OP);
    strbuf_add(pen->out, body);
    render_pen_text(pen, "\n");
    render_pen_line(pen, level, ACTION_NO_OP);
    render_pen_text(pen, ")");
}

static void add_one(
    RenderPen *pen, const RenderDiff *leaf, const Side *side, uint32_t level, RenderLook look) {
    if (side->is_json) {
        bool goes = leaf->action == ACTION_DELETE;
        bool comes = leaf->action == ACTION_CREATE;
        const RenderDiff *json = render_diff_value(
            comes ? NULL : &side->json, goes ? NULL : &side->json, true, NULL, pen->scratch);
        look.no_null = true;
        add_encoded(pen, leaf, (Encoded){"jsonencode", json}, level, look);
    } else if (side->is_multiline) {
        open_heredoc(pen, leaf);
        add_lines(pen, level, side->text);
        close_heredoc(pen, level);
    } else {
        add_quoted(pen, side);
    }
}

/* Of different kinds: what it was, what it becomes. */
static void add_both(
    RenderPen *pen, const RenderDiff *leaf, const Side *before, const Side *after, uint32_t level) {
    RenderLook look = {.no_null = true};
    RenderDiff goes = *leaf;
    goes.action = ACTION_DELETE;
    goes.forces_replacement = false;
    RenderDiff comes = *leaf;
    comes.action = ACTION_CREATE;
    comes.forces_replacement = false;
    add_one(pen, &goes, before, level, look);
    render_pen_arrow(pen);
    add_one(pen, &comes, after, level, look);
    render_text_diff_forces(pen, leaf);
}

static void update_lines(RenderPen *pen,
                         const RenderDiff *leaf,
                         Str before,
                         Str after,
                         uint32_t level,
                         RenderLook look) {
    Value old, new;
    if (render_yaml_read(before, after, &old, &new, pen->scratch)) {
        const RenderDiff *yaml = render_diff_value(&old, &new, true, NULL, pen->scratch);
        add_encoded(pen, leaf, (Encoded){"yamlencode", yaml}, level, look);
        return;
    }
    open_heredoc(pen, leaf);
    diff_lines(pen, level, before, after);
    close_heredoc(pen, level);
}

static void add_update(RenderPen *pen,
                       const RenderDiff *leaf,
                       const Side *before,
                       const Side *after,
                       uint32_t level,
                       RenderLook look) {
    if (before->is_json && after->is_json) {
        const RenderDiff *json =
            render_diff_value(&before->json, &after->json, true, NULL, pen->scratch);
        look.show_unchanged = look.show_unchanged || json->action == ACTION_NO_OP;
        add_encoded(pen, leaf, (Encoded){"jsonencode", json}, level, look);
    } else if (!before->is_json && !after->is_json && !before->is_null && !after->is_null &&
               (before->is_multiline || after->is_multiline)) {
        update_lines(pen, leaf, before->text, after->text, level, look);
    } else {
        add_both(pen, leaf, before, after, level);
    }
}

bool render_text_string_is_one(const RenderDiff *leaf) {
    bool before = value_is_present(leaf->before) && leaf->before.type->kind == KIND_STRING;
    bool after = value_is_present(leaf->after) && leaf->after.type->kind == KIND_STRING;
    return before || after;
}

void render_text_string(RenderPen *pen, const RenderDiff *leaf, uint32_t level, RenderLook look) {
    Side before = side_of(leaf->before, pen->scratch);
    Side after = side_of(leaf->after, pen->scratch);
    if (leaf->action == ACTION_UPDATE) {
        add_update(pen, leaf, &before, &after, level, look);
        return;
    }
    const Side *side = leaf->action == ACTION_DELETE ? &before : &after;
    add_one(pen, leaf, side, level, look);
    render_text_diff_null(pen, leaf, look);
    if (!side->is_json && !side->is_multiline)
        render_text_diff_forces(pen, leaf);
}
