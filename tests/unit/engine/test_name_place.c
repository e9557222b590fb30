/* Names allowed in an expression by its position; all errors of a block are reported. */
#include "engine_case.h"

typedef struct PlaceCase {
    const char *text;
    const char *said; /* summaries, one per line */
} PlaceCase;

#define THING(arguments) "resource: {fake_thing: {a: {name: a, " arguments "}}}\n"
#define NO_COUNT         "Reference to \"count\" in non-counted context\n"
#define NO_EACH          "Reference to \"each\" in context without for_each\n"

static const PlaceCase cases[] = {
    {"locals: {x: '${count.index}'}\n", NO_COUNT},
    {"output: {x: {value: '${each.key}'}}\n", NO_EACH},
    {THING("zone: '${count.index}${each.key}'"), NO_COUNT NO_EACH},
    {THING("count: 1, zone: '${count.index}'"), ""},
    {THING("count: 1, zone: '${each.key}'"), NO_EACH},
    {THING("count: '${count.index}'"), NO_COUNT},
    {THING("for_each: {k: 1}, zone: '${each.key}${each.value}'"), ""},
    {THING("count: 1, zone: '${count.number}'"), "Invalid \"count\" attribute\n"},
    {THING("for_each: {k: 1}, zone: '${each.name}'"), "Invalid \"each\" attribute\n"},
    {THING("zone: '${path.here}'"), "Invalid \"path\" attribute\n"},
    {THING("zone: '${terraform.env}'"), "Invalid \"terraform\" attribute\n"},
    {THING("zone: '${self.name}'"), "Invalid \"self\" reference\n"},
    {THING("zone: '${each}'"), "Invalid reference\nInvalid \"each\" attribute\n"},
    {THING("zone: '${var.x}', nope: 1"), "Reference to undeclared input variable\n"},
    {THING(
         "zone: '${var.x}'") "locals: {l: '${fake_thing.a.name}', m: '${local.l + local.none}'}\n",
     "Reference to undeclared input variable\n"},
    {THING("lifecycle: {postcondition: {condition: '${self.name == \"\"}', error_message: x}}"),
     ""},
    {THING("lifecycle: {precondition: {condition: '${self.name == \"\"}', error_message: x}}"),
     "Invalid \"self\" reference\nUnknown variable\n"},
    {THING("count: 1") "locals: {l: '${fake_thing.a.name}'}\n", "Missing resource instance key\n"},
    {"check: {c: {data: {fake_lookup: {s: {name: q}}}, assert: {condition: "
     "'${data.fake_lookup.s.name "
     "== "
     "1}', "
     "error_message: x}}}\nlocals: {l: '${data.fake_lookup.s}'}\n",
     "Reference to scoped resource\n"},
};

static Str summaries(const EngineCase *c) {
    StrBuf buf = strbuf_new(c->arena);
    vec_each(&c->diags, diag) {
        strbuf_add_format(&buf, "%.*s\n", STR_ARG(diag->summary));
    }
    return strbuf_str(&buf);
}

static void validates(void **) {
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        engine_case_config(c, cases[i].text);
        Engine engine = engine_case_engine(c);
        bool ok = engine_validate(&engine, &c->diags);
        Str got = summaries(c);
        if (ok != (cases[i].said[0] == 0) || !str_equal_cstr(got, cases[i].said)) {
            print_error("%s  got: %.*s\n  wanted: %s\n", cases[i].text, STR_ARG(got),
                        cases[i].said);
            failures++;
        }
        engine_case_close(c);
    }
    assert_int_equal(failures, 0);
}

UNIT_MAIN(test_name_place) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(validates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
