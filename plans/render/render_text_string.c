/* render_text_string: prints strings; the kind of their content decides how a change is shown. */
#include "render_text_string.h"

#include "render_align.h"
#include "utf8.h"

static bool text_string_is_printable(uint32_t codepoint) {
    return codepoint >= 0x20 && codepoint != 0x7f && (codepoint < 0x80 || codepoint >= 0xa1) &&
           codepoint != 0xfffd && !utf8_is_space(codepoint) && !utf8_is_format(codepoint);
}

/* Writes an escape sequence of the native syntax. */
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
        } else if (codepoint == ' ' || text_string_is_printable(codepoint) || codepoint == 0xfffd) {
            strbuf_add(&out, str_slice(text, i, i + width));
        } else {
            quote_control(&out, codepoint);
        }
        i += width;
    }
    strbuf_add_char(&out, '"');
    return strbuf_str(&out);
}

static void text_string_add_line(RenderPen *pen, uint32_t level, Action action, Str line) {
    render_pen_line(pen, level + 1, action);
    render_pen_str(pen, utf8_strip_controls(line, pen->scratch));
    render_pen_text(pen, "\n");
}

void render_text_string_lines(RenderPen *pen, uint32_t level, Str text) {
    Str line;
    while (str_next_field(&text, '\n', &line))
        text_string_add_line(pen, level, ACTION_NO_OP, line);
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
#define HIDDEN_MIN    4 /* hiding fewer lines saves too little */

static bool text_string_is_same(const LineDiff *diff, size_t i) {
    const RenderAlignPair *pair = &diff->pairs.items[i];
    return pair->before != RENDER_ALIGN_NONE && pair->after != RENDER_ALIGN_NONE &&
           diff->old_ids[pair->before] == diff->new_ids[pair->after];
}

/* Writes unchanged lines from `start` to `end`; of many only those next to a change. */
static void add_same_lines(RenderPen *pen, uint32_t level, const LineDiff *diff, size_t start,
                           size_t end) {
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
        text_string_add_line(pen, level, ACTION_NO_OP,
                             diff->new_lines.items[diff->pairs.items[i].after]);
    }
}

static void add_changed_line(RenderPen *pen, uint32_t level, const LineDiff *diff, size_t i) {
    const RenderAlignPair *pair = &diff->pairs.items[i];
    if (pair->before != RENDER_ALIGN_NONE)
        text_string_add_line(pen, level, ACTION_DELETE, diff->old_lines.items[pair->before]);
    if (pair->after != RENDER_ALIGN_NONE)
        text_string_add_line(pen, level, ACTION_CREATE, diff->new_lines.items[pair->after]);
}

void render_text_string_diff(RenderPen *pen, uint32_t level, Str before, Str after) {
    Map seen = map_new(pen->scratch);
    LineDiff diff = {0};
    diff.old_ids = identify_lines(before, &seen, &diff.old_lines);
    diff.new_ids = identify_lines(after, &seen, &diff.new_lines);
    render_align((RenderAlignSide){.ids = diff.old_ids, .count = diff.old_lines.count},
                 (RenderAlignSide){.ids = diff.new_ids, .count = diff.new_lines.count},
                 (RenderAlignRule){.is_opentofu = render_style_is_opentofu(pen->style)},
                 &diff.pairs, pen->scratch);
    for (size_t i = 0; i < diff.pairs.count;) {
        size_t end = i;
        while (end < diff.pairs.count && text_string_is_same(&diff, end))
            end++;
        if (end > i)
            add_same_lines(pen, level, &diff, i, end);
        for (i = end; i < diff.pairs.count && !text_string_is_same(&diff, i); i++)
            add_changed_line(pen, level, &diff, i);
    }
}
