#include "lang_case.h"

static void test_text(void **state) {
    static const LangCase cases[] = {
        {"\"\\u00e9\\t\\\"\"",              "string \"é\\t\\\"\""                           },
        {"\"\\ud800\"",                     "Invalid escape sequence"                        },
        {"\"\\q\"",                         "A backslash begins one of"                      },
        {"\"$${a} %%{b} $a\"",              "string \"$${a} %%{b} $a\""                      },
        {"\"a ${~ 1 ~} b\"",                "string \"a1b\""                                 },
        {"<<-EOT\n    a\n      b\n  EOT\n", "string \"a\\n  b\\n\""                          },
        {"<<EOT\n  a\n  EOT\n",             "string \"  a\\n\""                              },
        {"<<EOT\nno end",                   "a line with the marker of this heredoc alone"   },
        {"\"a",                             "a closing quote for this string"                },
        {"\"a\nb\"",                        "A quoted string ends on the line it begins on." },
        {"\"%{if true}a\"",                 "There is no %{endif} for an %{if} of this text."},
        {"\"%{endfor}\"",                   "This %{endfor} closes no %{for}."               },
        {"\"%{else}\"",                     "This %{else} belongs to no %{if}."              },
        {"\"%{of x}\"",                     "A directive begins with one of the keywords"    },
        {"\"${1 2}\"",                      "a closing brace must follow it"                 },
    };
    (void)state;
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_LANG_TESTS(cmocka_unit_test(test_text))
