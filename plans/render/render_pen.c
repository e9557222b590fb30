/* render_pen: escape sequences and columns. */
#include "render_pen.h"
#include "html.h"

static const char *const CODES[] = {
    [INK_BOLD] = "\033[1m",   [INK_BOLD_RED] = "\033[1m\033[31m", [INK_RED] = "\033[31m",
    [INK_GREEN] = "\033[32m", [INK_YELLOW] = "\033[33m",          [INK_CYAN] = "\033[36m",
    [INK_GRAY] = "\033[90m",
};
static_assert(ARRAY_COUNT(CODES) == INK_GRAY + 1, "a code for each ink");

static const char *const CLASSES[] = {
    [INK_BOLD] = "b",   [INK_BOLD_RED] = "b r", [INK_RED] = "r",  [INK_GREEN] = "g",
    [INK_YELLOW] = "y", [INK_CYAN] = "c",       [INK_GRAY] = "q",
};
static_assert(ARRAY_COUNT(CLASSES) == INK_GRAY + 1, "a class for each ink");

void render_pen_text(RenderPen *pen, const char *text) {
    render_pen_str(pen, str_from_cstr(text));
}

void render_pen_str(RenderPen *pen, Str text) {
    if (pen->style.markup == MARKUP_HTML)
        html_add(pen->out, text);
    else
        strbuf_add(pen->out, text);
}

void render_pen_format(RenderPen *pen, const char *format, ...) {
    va_list args;
    va_start(args, format);
    render_pen_str(pen, str_vformat(pen->scratch, format, args));
    va_end(args);
}

void render_pen_ink(RenderPen *pen, RenderInk ink, const char *text) {
    if (pen->style.markup == MARKUP_HTML) {
        strbuf_add_format(pen->out, "<i class=\"%s\">", CLASSES[ink]);
        render_pen_text(pen, text);
        strbuf_add_cstr(pen->out, "</i>");
        return;
    }
    if (!pen->style.color) {
        render_pen_text(pen, text);
        return;
    }
    render_pen_text(pen, CODES[ink]);
    render_pen_text(pen, text);
    render_pen_text(pen, "\033[0m");
}

/* Viewers of diffs expect the sign in the first column. */
static void add_sign(RenderPen *pen, char sign) {
    StrBuf *out = pen->out;
    size_t start = out->len;
    while (start > 0 && out->ptr[start - 1] != '\n')
        start--;
    strbuf_add_cstr(out, "    ");
    out->ptr[start] = sign;
}

static bool has_sign(Action action, char *sign) {
    switch (action) {
    case ACTION_CREATE: *sign = '+'; return true;
    case ACTION_DELETE: *sign = '-'; return true;
    case ACTION_UPDATE: *sign = '!'; return true;
    case ACTION_NO_OP:
    case ACTION_READ:
    case ACTION_DELETE_THEN_CREATE:
    case ACTION_CREATE_THEN_DELETE:
    case ACTION_FORGET:
    case ACTION_FORGET_THEN_CREATE: break;
    }
    return false;
}

void render_pen_symbol(RenderPen *pen, Action action) {
    const RenderPeer *peer = pen->style.peer;
    char sign;
    if (pen->hide_symbols)
        return;
    if (pen->style.markup == MARKUP_SIGNS && has_sign(action, &sign)) {
        add_sign(pen, sign);
        return;
    }
    switch (action) {
    case ACTION_NO_OP: render_pen_text(pen, "    "); return;
    case ACTION_CREATE: render_pen_ink(pen, INK_GREEN, "  +"); break;
    case ACTION_READ: render_pen_ink(pen, INK_CYAN, " <="); break;
    case ACTION_UPDATE: render_pen_ink(pen, INK_YELLOW, "  ~"); break;
    case ACTION_DELETE: render_pen_ink(pen, INK_RED, "  -"); break;
    case ACTION_FORGET:
        /* As Terraform prints it: a column less than OpenTofu and loam. */
        render_pen_ink(pen, INK_RED, peer && peer->is_terraform ? " ." : "  .");
        break;
    case ACTION_FORGET_THEN_CREATE:
        render_pen_ink(pen, INK_RED, ".");
        render_pen_text(pen, "/");
        render_pen_ink(pen, INK_GREEN, "+");
        break;
    case ACTION_DELETE_THEN_CREATE:
        render_pen_ink(pen, INK_RED, "-");
        render_pen_text(pen, "/");
        render_pen_ink(pen, INK_GREEN, "+");
        break;
    case ACTION_CREATE_THEN_DELETE:
        render_pen_ink(pen, INK_GREEN, "+");
        render_pen_text(pen, "/");
        render_pen_ink(pen, INK_RED, "-");
        break;
    }
    render_pen_text(pen, " ");
}

void render_pen_line(RenderPen *pen, uint32_t level, Action action) {
    strbuf_add_repeat(pen->out, ' ', (size_t)level * RENDER_PEN_LEVEL);
    render_pen_symbol(pen, action);
}
