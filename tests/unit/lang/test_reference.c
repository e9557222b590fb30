#include "lang_case.h"

#include "reference.h"

static void test_references(void **) {
    static const LangCase cases[] = {
        {"var.a.b", "var.a 1"},
        {"data.http.x.body", "data.http.x 2"},
        {"libvirt_domain.web[0].id", "libvirt_domain.web 1 [0]"},
        {"resource.a.b[\"k\"]", "a.b 2 [\"k\"]"},
        {"module.m[\"x\"].out", "module.m 1 [\"x\"]"},
        {"each.key", "each.key 1"},
        {"self.id", "self 0"},
        {"var", "must be followed by attribute names, as in var.NAME"},
        {"data.x", "must be followed by attribute names, as in data.TYPE.NAME"},
        {"thing", "To refer to a variable, write var.thing."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        Traversal *traversal = NULL;
        Reference reference;
        assert_true(parser_parse_traversal(text_source(cases[i].text), &traversal, arena, &diags));
        if (!reference_from_traversal(traversal, &reference, &diags)) {
            assert_true(str_find(errors_of(&diags), str_from_cstr(cases[i].outcome), 0) !=
                        SIZE_MAX);
            continue;
        }
        Str name = reference_to_str(&reference, arena);
        Str key = address_key_to_str(reference.key, arena);
        Str got = str_format(arena, "%.*s %zu%s%.*s", STR_ARG(name), reference.used,
                             key.len ? " " : "", STR_ARG(key));
        check_str(got, cases[i].outcome);
    }
}

/* A diagnostic marks the object, not the steps into it. */
static void test_ranges(void **) {
    static const struct {
        const char *text, *marked;
    } cases[] = {
        {"var.a.b[0].c", "var.a"},
        {"self.id", "self"},
        {"count.index", "count.index"},
        {"thing.web[0].id.x", "thing.web[0]"},
        {"thing.web.id", "thing.web"},
        {"thing.web.ids[0]", "thing.web"},
        {"data.http.x.body.y", "data.http.x"},
        {"module.m[\"x\"].out.y", "module.m[\"x\"].out"},
        {"module.m.out.y", "module.m.out"},
        {"module.m", "module.m"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        Traversal *traversal = NULL;
        Reference reference;
        assert_true(parser_parse_traversal(text_source(cases[i].text), &traversal, arena, &diags));
        assert_true(reference_from_traversal(traversal, &reference, &diags));
        check_str(source_range_text(reference.range), cases[i].marked);
    }
}

static void test_collect(void **) {
    Diags diags = diags_new(arena);
    const Expr *expr = NULL;
    References references = {0};
    assert_true(parser_parse_expression(text_source("var.a + [for x in local.b : x][0] + c.d.e"),
                                        NULL, &expr, arena, &diags));
    assert_true(reference_collect(expr, &references, arena, &diags));
    assert_int_equal(references.count, 3);
    assert_int_equal(references.items[2].kind, REFERENCE_RESOURCE);
}

RUN_LANG_TESTS(test_reference, cmocka_unit_test(test_references), cmocka_unit_test(test_ranges),
               cmocka_unit_test(test_collect))
