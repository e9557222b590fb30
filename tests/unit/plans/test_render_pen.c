#include "plan_case.h"
#include "render_pen.h"

static const struct {
    Action action;
    const char *plain;
} SYMBOLS[] = {
    {ACTION_NO_OP, "    "},
    {ACTION_CREATE, "  + "},
    {ACTION_READ, " <= "},
    {ACTION_UPDATE, "  ~ "},
    {ACTION_DELETE, "  - "},
    {ACTION_DELETE_THEN_CREATE, "-/+ "},
    {ACTION_CREATE_THEN_DELETE, "+/- "},
    {ACTION_FORGET, "  . "},
};

static void symbols(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(SYMBOLS); i++) {
        StrBuf out = strbuf_new(arena);
        RenderPen pen = {.out = &out, .scratch = arena};
        render_pen_symbol(&pen, SYMBOLS[i].action);
        check_str(strbuf_str(&out), SYMBOLS[i].plain);
    }
}

static void hidden_symbols(void **) {
    StrBuf out = strbuf_new(arena);
    RenderPen pen = {.out = &out, .scratch = arena, .hide_symbols = true};
    render_pen_line(&pen, 2, ACTION_CREATE);
    check_str(strbuf_str(&out), "        ");
}

static void inks(void **) {
    StrBuf out = strbuf_new(arena);
    RenderPen pen = {.out = &out, .scratch = arena, .style = {.color = true}};
    render_pen_ink(&pen, INK_BOLD, "x");
    render_pen_symbol(&pen, ACTION_DELETE_THEN_CREATE);
    check_str(strbuf_str(&out), "\033[1mx\033[0m\033[31m-\033[0m/\033[32m+\033[0m ");
}

static void html(void **) {
    StrBuf out = strbuf_new(arena);
    RenderPen pen = {.out = &out, .scratch = arena, .style = {.markup = MARKUP_HTML}};
    render_pen_symbol(&pen, ACTION_UPDATE);
    render_pen_ink(&pen, INK_BOLD_RED, "<b>");
    render_pen_format(&pen, "%s&", "\"");
    check_str(strbuf_str(&out), "<i class=\"y\">  ~</i> <i class=\"b r\">&lt;b&gt;</i>&quot;&amp;");
}

/* The sign is at the start of its line; changes that have no sign keep their symbol. */
static void signs(void **) {
    StrBuf out = strbuf_new(arena);
    RenderPen pen = {.out = &out, .scratch = arena, .style = {.markup = MARKUP_SIGNS}};
    static const Action actions[] = {ACTION_CREATE, ACTION_UPDATE, ACTION_DELETE, ACTION_NO_OP,
                                     ACTION_DELETE_THEN_CREATE};
    for (size_t i = 0; i < ARRAY_COUNT(actions); i++) {
        render_pen_line(&pen, i % 2, actions[i]);
        render_pen_text(&pen, "x\n");
    }
    check_str(strbuf_str(&out), "+   x\n!       x\n-   x\n        x\n-/+ x\n");
}

UNIT_MAIN(test_render_pen) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(symbols), PLAN_CASE(hidden_symbols), PLAN_CASE(inks),
        PLAN_CASE(html),    PLAN_CASE(signs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
