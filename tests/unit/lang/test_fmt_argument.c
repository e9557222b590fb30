/* Deprecated forms of values and types. */
#include "fmt_argument.h"

#include "fmt_case.h"

typedef void (*Rewrite)(const FmtToken *, size_t, FmtTokens *, Arena *);

static void check_rewrites(Rewrite rewrite, const FmtCase *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        FmtTokens tokens = fmt_tokens(cases[i].text);
        FmtTokens out = {0};
        rewrite(tokens.items, tokens.count, &out, arena);
        check_str(fmt_joined(&out), cases[i].laid_out);
    }
}

static void test_values(void **state) {
    static const FmtCase cases[] = {
        {"\"${a}\"",            "a"                         },
        {"\"${~ a ~}\"",        "a"                         },
        {"\"${f(\"${a}\")}\"",  "f ( \" ${ a } \" )"        },
        {"\"${\na\n}\"",        "a"                         },
        {"\"${a +\nb}\"",       "( a + \n b )"              },
        {"\"${(a +\nb)}\"",     "( a + \n b )"              },
        {"\"${/* b */ a}\"",    "/* b */ a"                 },
        {"\"${f( # b\n1)}\"",   "f ( # b\n 1 )"             },
        {"\"${ # b\n\na}\"",    "( # b\n \n a )"            },
        {"\"${ # b\na}\"",      "\" ${ # b\n a } \""        },
        {"\"${a}${b}\"",        "\" ${ a } ${ b } \""       },
        {"\"a${b}\"",           "\" a ${ b } \""            },
        {"\"%{if a}%{endif}\"", "\" %{ if a } %{ endif } \""},
        {"\"$${a}\"",           "\" $${a} \""               },
        {"[\"${a}\"]",          "[ \" ${ a } \" ]"          },
        {"a",                   "a"                         },
    };
    (void)state;
    check_rewrites(fmt_argument_value, cases, ARRAY_COUNT(cases));
}

static void test_types(void **state) {
    static const FmtCase cases[] = {
        {"\"string\"",   "string"         },
        {"\"list\"",     "list ( string )"},
        {"\"map\"",      "map ( string )" },
        {"\"number\"",   "\" number \""   },
        {"list",         "list ( any )"   },
        {"map",          "map ( any )"    },
        {"set",          "set ( any )"    },
        {"string",       "string"         },
        {"list(string)", "list ( string )"},
        {"\"${a}\"",     "\" ${ a } \""   },
    };
    (void)state;
    check_rewrites(fmt_argument_type, cases, ARRAY_COUNT(cases));
}

RUN_LANG_TESTS(cmocka_unit_test(test_values), cmocka_unit_test(test_types))
