/* Error output of a provider: log lines, crashes, long lines, lines in pieces. */
#include "arena_case.h"

#include "foreign_output.h"

static ForeignOutput *new_output(void) {
    ForeignOutput *output = arena_new(arena, ForeignOutput);
    output->name = STR("p");
    return output;
}

static void add(ForeignOutput *output, const char *text) {
    foreign_output_add(output, str_from_cstr(text));
}

static void a_crash(void **) {
    ForeignOutput *output = new_output();
    add(output, "{\"@level\":\"info\",\"@message\":\"hello\"}\n");
    add(output, "2026-01-01 [DEBUG] plugin: hello\nusage: none\npan");
    add(output, "ic: broken\n\ngoroutine 1 [running]:\n");
    add(output, "{\"@level\":\"info\",\"@message\":\"between\"}\n[WARN] between\nmain.go:7");
    foreign_output_add(output, STR("\n"));
    check_str(foreign_output_text(output), "panic: broken\ngoroutine 1 [running]:\nmain.go:7\n");
}

static void plain_lines(void **) {
    ForeignOutput *output = new_output();
    add(output, "This binary is a plugin.\n[ERROR] x\nRun it with Terraform.");
    foreign_output_add(output, STR("\n"));
    check_str(foreign_output_text(output), "This binary is a plugin.\nRun it with Terraform.\n");
}

static void floods(void **) {
    ForeignOutput *output = new_output();
    StrBuf text = strbuf_new(arena);
    strbuf_add_repeat(&text, 'x', 200000);
    strbuf_add_cstr(&text, "\npanic: y\n");
    for (int i = 0; i < 50; i++)
        foreign_output_add(output, strbuf_str(&text));
    foreign_output_add(output, STR("\n"));
    Str kept = foreign_output_text(output);
    assert_true(str_starts_with(kept, STR("panic: y\nxxxx")));
    assert_int_equal(kept.len, FOREIGN_CRASH_MAX);
    for (int i = 0; i < 3000; i++)
        add(output, "line\n");
    foreign_output_add(output, STR("\n"));
}

UNIT_MAIN(test_foreign_output) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash),
        cmocka_unit_test(plain_lines),
        cmocka_unit_test(floods),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
