/* Bodies parsed from text, and syntax errors with their positions. */
#include "lang_case.h"

#include "native.h"

static void show_body(const NativeBody *body, StrBuf *out) {
    map_each(&body->attributes, entry) {
        const NativeAttribute *attribute = entry->value;
        strbuf_add_format(out, "%.*s=%.*s;", STR_ARG(attribute->name),
                          STR_ARG(source_range_text(attribute->expr->range)));
    }
    vec_each(&body->blocks, item) {
        const NativeBlock *block = *item;
        strbuf_add(out, block->type);
        vec_each(&block->labels, label) {
            strbuf_add_format(out, " %.*s", STR_ARG(label->text));
        }
        strbuf_add_cstr(out, "{");
        show_body(block->body, out);
        strbuf_add_cstr(out, "}");
    }
}

/* "line:column summary" of each error, joined by " | ". */
static Str places(const Diags *diags) {
    StrBuf buf = strbuf_new(arena);
    for (size_t i = 0; i < diags->count; i++) {
        SourceRange range = diags->items[i].range;
        SourcePos start = source_text_position(range.source, range.start);
        strbuf_add_format(&buf, "%s%u:%u %.*s", i ? " | " : "", start.line, start.column,
                          STR_ARG(diags->items[i].summary));
    }
    return strbuf_str(&buf);
}

static Str read_text(Str text) {
    Diags diags = diags_new(arena);
    const NativeBody *body = NULL;
    StrBuf buf = strbuf_new(arena);
    bool ok =
        native_parse(source_text_new(STR("main.tf"), text, arena), functions, &body, arena, &diags);
    assert_int_equal(ok, diags.error_count == 0);
    assert_non_null(body);
    if (!ok)
        return places(&diags);
    show_body(body, &buf);
    return strbuf_str(&buf);
}

static void check_table(const LangCase *cases, size_t count) {
    size_t failures = 0;
    for (size_t i = 0; i < count; i++) {
        Str got = read_text(str_from_cstr(cases[i].text));
        if (str_equal_cstr(got, cases[i].outcome))
            continue;
        print_error("%s\n  got:    %.*s\n  wanted: %s\n", cases[i].text, STR_ARG(got),
                    cases[i].outcome);
        failures++;
    }
    assert_int_equal(failures, 0);
}

/* clang-format off */
#define L(text) "locals {\n" text "}\n"

static void test_bodies(void **) {
    static const LangCase cases[] = {
        {"",                                          ""                       },
        {"\xef\xbb\xbf\r\n# c\r\na = 1 // x\r\n",     "a=1;"                   },
        {"a = 1 # no newline",                        "a=1;"                   },
        {"b \"x\" y { c = [\n1,\n2 ] }\n",            "b x y{c=[\n1,\n2 ];}"   },
        {"b {}\nb { /* c */ }\nb {\n  c {\n  }\n}",  "b{}b{}b{c{}}"           },
        {"a = <<E\nx\nE\nb = 2\n",                     "a=<<E\nx\nE;b=2;"        },
        {"a = {\n x = 1\n\n y : 2, }\n",               "a={\n x = 1\n\n y : 2, };"},
        {"\xc3\xa9-1 = 1\n\"\" = 2",                   "2:1 Invalid argument name"},
        {"b \"x\\\"\\n$${y}\" {}\n",                   "b x\"\n${y}{}"           },
    };
    check_table(cases, ARRAY_COUNT(cases));
}

static void test_items(void **) {
    static const LangCase cases[] = {
        {"a = 1\na = 2\n",                  "2:1 Attribute redefined"                                                           },
        {"42\n",                            "1:1 Argument or block definition required"                                         },
        {L("  a.b = 1\n"),                  "2:3 Argument or block definition required"                                         },
        {L("  a\n  = 1\n  b = 1 2\n"),      "2:3 Argument or block definition required"                                         },
        {"locals\n{\n}\n",                  "1:1 Argument or block definition required"                                         },
        {L("  a = 1, b = 2\n"),             "2:8 Unexpected comma after argument"                                               },
        {L("  a = 1 b = 2\n"),              "2:9 Missing newline after argument"                                                },
        {"locals {\n  a = 1\n",             "1:8 Unclosed configuration block"                                                  },
        {"output \"o\" { value = 1",         "1:12 Unclosed configuration block"                                                 },
        {"a {} b {}\n",                     "1:6 Missing newline after block definition"                                        },
        {"a { b = 1, c = 2 }\n",            "1:10 Invalid single-argument block definition"                                     },
        {"a { b = 1\nc = 2\n}\n",           "1:10 Invalid single-argument block definition"                                     },
        {"a { b = 1 c = 2 }\n",             "1:11 Invalid single-argument block definition"                                     },
        {"a { b {} }\n",                    "1:5 Argument definition required"                                                  },
        {"a { b }\n",                       "1:5 Argument or block definition required"                                         },
        {"a \"b\"\n",                       "1:6 Invalid block definition"                                                      },
        {"a \"b\" = {\n}\n",                "1:7 Invalid block definition"                                                      },
        {"a \"b\" 1 {}\n",                  "1:7 Invalid block definition"                                                      },
        {"a \"x${1}\" {}\n",                "1:5 Invalid string literal"                                                        },
        {"a \"x\\q\" {}\n",                 "1:5 Invalid escape sequence"                                                       },
        {"a \"x",                           "1:5 Unterminated string literal | 1:5 Invalid block definition"                    },
        {"output \"o {\n  value = 1\n}\n",   "1:12 Invalid multi-line string | 1:12 Invalid string literal | 2:12 Invalid "
                                            "multi-line string | 3:2 Invalid multi-line string"                                },
    };
    check_table(cases, ARRAY_COUNT(cases));
}

static void test_expressions(void **) {
    static const LangCase cases[] = {
        {L("  a = 1 +\n"),                          "2:10 Invalid expression"                                                 },
        {L("  a = [1, 2\n"),                        "3:1 Missing item separator"                                              },
        {L("  a = (1 + 2\n"),                       "3:1 Unbalanced parentheses"                                              },
        {L("  a = max(1, 2\n  b = 3\n"),            "3:3 Missing argument separator"                                          },
        {L("  a = max([1]..., 2)\n"),               "2:14 Missing closing parenthesis"                                        },
        {L("  a = core::(1)\n"),                    "2:13 Missing function name"                                              },
        {L("  a = [1][0\n"),                        "4:1 Missing close bracket on index"                                      },
        {L("  a = [1][*\n"),                        "4:1 Missing close bracket on splat index"                                },
        {L("  a = { x = 1\n"),                      "1:8 Unclosed configuration block"                                        },
        {L("  a = { x = 1 y = 2 }\n"),              "2:15 Missing attribute separator"                                        },
        {L("  a = { x = 1; y = 2 }\n"),             "2:14 Invalid character | 2:14 Missing attribute separator"               },
        {"a = {x = 1",                              "1:5 Unterminated object constructor expression"                          },
        {"a = upper(\"x\"",                         "1:5 Unterminated function call"                                          },
        {L("  a = { for x in [1] : x }\n"),         "2:24 Invalid 'for' expression"                                           },
        {L("  a = [for x in [1] : x => x]\n"),      "2:23 Invalid 'for' expression"                                           },
        {L("  a = [for x in [1] : x...]\n"),        "2:24 Invalid 'for' expression"                                           },
        {L("  a = true ? 1 2\n"),                   "2:16 Missing false expression in conditional | 2:16 Missing newline "
                                                    "after argument"                                                         },
        {L("  a = local..b\n"),                     "2:13 Invalid attribute name"                                             },
        {L("  a = [1].*.0.*\n"),                    "2:15 Nested splat expression not allowed"                                },
        {L("  a = local.b.0.1\n"),                  "2:15 Invalid legacy index syntax"                                        },
        {L("  a = true & false\n"),                 "2:12 Unsupported operator | 2:12 Missing newline after argument"         },
        {L("  a = 1 + @\n b = @\n"),                "2:11 Invalid character | 2:11 Invalid expression | 3:6 Invalid character"},
        {L("  a = << E\n"),                         "2:7 Invalid expression"                                                  },
        {L("  a = \"\xff\"\n"),                     "2:8 Invalid character encoding | 2:8 Unterminated template string"       },
    };
    check_table(cases, ARRAY_COUNT(cases));
}

static void test_templates(void **) {
    static const LangCase cases[] = {
        {L("  a = \"x\n  b = 1\n"),
         "2:9 Invalid multi-line string | 2:9 Unterminated template string | 3:8 Invalid multi-line string | 4:2 Invalid "
         "multi-line string"                                                                                                        },
        {L("  a = \"x ${1\"\n"),
         "2:8 Unclosed template interpolation sequence | 2:14 Invalid multi-line string | 3:2 Invalid multi-line string"            },
        {L("  a = \"${1 2}\"\n"),                  "2:12 Extra characters after interpolation expression"                             },
        {L("  a = \"%{ while true }x\"\n"),        "2:11 Invalid template control keyword"                                            },
        {L("  a = \"%{ if true }x\"\n"),           "2:21 Unexpected end of template"                                                  },
        {L("  a = \"%{ if true }a%{ else }b%{ else }c%{ endif }\"\n"),
         "2:31 Unexpected else directive | 2:41 Unexpected endif directive"                                                         },
        {L("  a = \"%{ for in [1] }x%{ endfor }\"\n"),
         "2:18 Invalid 'for' directive | 2:24 Unexpected endfor directive"                                                          },
        {L("  a = <<EOT\nx\nEOT + 1\n"),            "6:1 Unterminated template string"                                                 },
        {L("  a = <<EOT\n${1 +}\nEOT\n"),           "3:6 Invalid expression"                                                           },
        {L("  a = \"\\u12\"\n"),                   "2:8 Invalid escape sequence"                                                      },
    };
    check_table(cases, ARRAY_COUNT(cases));
}

/* clang-format on */

/* Generated text ends in an error, not in a stack overflow or an endless run. */
static void test_bounds(void **) {
    static const char *const units[] = {"a {\n", "a = [",  "a = \"${",
                                        "/* ",   "a {x={", "b = <<E\n${"};
    for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
        StrBuf buf = strbuf_new(arena);
        for (int k = 0; k < 50000; k++)
            strbuf_add_cstr(&buf, units[i]);
        assert_true(read_text(strbuf_str(&buf)).len > 0);
    }
    StrBuf errors = strbuf_new(arena);
    for (int k = 0; k < 50000; k++)
        strbuf_add_cstr(&errors, "a 1\n");
    assert_true(str_ends_with(read_text(strbuf_str(&errors)), STR("Too many syntax errors")));
    Str large = {arena_alloc(arena, NATIVE_BYTES_MAX + 1), NATIVE_BYTES_MAX + 1};
    check_str(read_text(large), "1:1 Configuration file too large");
}

RUN_LANG_TESTS(test_native, cmocka_unit_test(test_bodies), cmocka_unit_test(test_items),
               cmocka_unit_test(test_expressions), cmocka_unit_test(test_templates),
               cmocka_unit_test(test_bounds))
