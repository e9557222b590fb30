#include "lang_case.h"

static void test_text(void **) {
    static const LangCase cases[] = {
        {"\"\\u00e9\\t\\\"\"", "string \"é\\t\\\"\""},
        {"\"\\ud800\"", "Invalid escape sequence"},
        {"\"\\q\"", "A backslash must begin one of"},
        {"\"$${a} %%{b} $a\"", "string \"$${a} %%{b} $a\""},
        {"\"a ${~ 1 ~} b\"", "string \"a1b\""},
        {"<<-EOT\n    a\n      b\n  EOT\n", "string \"a\\n  b\\n\""},
        {"<<EOT\n  a\n  EOT\n", "string \"  a\\n\""},
        {"<<EOT\nno end", "a line with only the marker of this heredoc"},
        {"\"a", "a closing quote for this string"},
        {"\"a\nb\"", "A quoted string must end on the same line."},
        {"\"%{if true}a\"", "An %{if} of this text has no %{endif}."},
        {"\"%{endfor}\"", "This %{endfor} has no %{for}."},
        {"\"%{else}\"", "This %{else} has no %{if}."},
        {"\"%{of x}\"", "A directive must begin with one of the keywords"},
        {"\"${1 2}\"", "must be followed by a closing brace"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_LANG_TESTS(test_template, cmocka_unit_test(test_text))
