/* Every page has every command and option that has a help text; no line of text is a roff request.
 */
#include "command_completion.h"
#include "command_page.h"
#include "command_table.h"
#include "unit.h"

typedef struct PageCheck {
    const char *page;
    const char *command_format; /* how the page prints a command */
    const char *option_format;
    Arena *arena;
    size_t checked;
} PageCheck;

static void check_has(PageCheck *check, const char *format, const char *word, size_t size) {
    StrBuf text = strbuf_new(check->arena);
    for (const char *at = format; *at; at++) {
        if (*at == '@')
            strbuf_add(&text, (Str){word, size});
        else
            strbuf_add_char(&text, *at);
    }
    const char *wanted = str_to_cstr(strbuf_str(&text), check->arena);
    if (!strstr(check->page, wanted))
        fail_msg("the page has no \"%s\"", wanted);
    check->checked++;
}

static void check_command(const Command *command, Str path, void *payload) {
    PageCheck *check = payload;
    check_has(check, check->command_format, path.ptr, path.len);
    for (size_t i = 0; i < command->group_count; i++) {
        for (size_t j = 0; j < command->groups[i]->count; j++) {
            const Option *option = &command->groups[i]->options[j];
            if (option->help && !strchr(option->name, '-'))
                check_has(check, check->option_format, option->name, strlen(option->name));
        }
    }
}

static void check_text(const StrBuf *text,
                       const char *command_format,
                       const char *option_format,
                       Arena *arena) {
    PageCheck check = {str_to_cstr(strbuf_str(text), arena), command_format, option_format, arena,
                       0};
    command_each(&command_table, check_command, &check, arena);
    assert_true(check.checked > 50);
}

static void check_page(PageForm form, const char *command_format, const char *option_format) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    command_page_write(form, &command_table, &out, arena);
    check_text(&out, command_format, option_format, arena);
}

static void check_completion(CompletionShell shell,
                             const char *command_format,
                             const char *option_format) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    command_completion_write(shell, &command_table, &out, arena);
    check_text(&out, command_format, option_format, arena);
}

static void test_pages(void **state) {
    (void)state;
    check_page(PAGE_MARKDOWN, "\n## @\n", "-@");
    check_page(PAGE_MANUAL, "\n.SS @\n", "\\-@");
    check_completion(COMPLETION_BASH, "    '@')\n", " -@");
    check_completion(COMPLETION_ZSH, "    '@')\n", "'-@");
    check_completion(COMPLETION_FISH, "__loam_at @'", " -o @ ");
}

static void test_roff(void **state) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    (void)state;
    command_page_write(PAGE_MANUAL, &command_table, &out, arena);
    Str rest = strbuf_str(&out);
    Str line;
    while (str_next_field(&rest, '\n', &line)) {
        static const char *const requests[] = {".TH ", ".SH ", ".SS ", ".B ", ".TP", ".PP"};
        bool is_known = !str_starts_with(line, STR(".")) && !str_starts_with(line, STR("'"));
        for (size_t i = 0; i < ARRAY_COUNT(requests); i++)
            is_known = is_known || str_starts_with(line, str_from_cstr(requests[i]));
        if (!is_known)
            fail_msg("%.*s", STR_ARG(line));
    }
}

UNIT_MAIN(test_command_page) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pages), cmocka_unit_test(test_roff)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
