#include "lang_case.h"

#include "type_constraint.h"

static bool read_type(const char *text, TypeConstraint *out, Diags *diags) {
    *diags = diags_new(arena);
    return type_constraint_parse(text_source(text), NULL, out, arena, diags);
}

static void test_types(void **) {
    static const LangCase cases[] = {
        {"string", "string"},
        {"list(object({a = optional(any)}))", "list(object({a=optional(any)}))"},
        {"tuple([bool, set(number)])", "tuple([bool, set(number)])"},
        {"list", "The list type constructor requires one argument"},
        {"\"string\"", "A type specification is either a primitive"},
        {"object({\"a\" = string})", "map keys must be attribute names"},
        {"optional(string)", "valid only as a modifier for object type"},
        {"nope", "The keyword \"nope\" is not a valid type"},
        {"nope(string)", "Keyword \"nope\" is not a valid type constructor"},
        {"object({a = optional(number, \"x\")})", "not compatible with the attribute's type"},
        {"object({a = optional(number, b)})", "Variables may not be used here"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        TypeConstraint constraint;
        Diags diags;
        bool is_good = read_type(cases[i].text, &constraint, &diags);
        Str got = is_good ? type_to_constraint(constraint.type, arena) : errors_of(&diags);
        Str wanted = str_from_cstr(cases[i].outcome);
        if (is_good)
            check_str_equal(got, wanted);
        else
            assert_true(str_find(got, wanted, 0) != SIZE_MAX);
    }
}

static void test_defaults(void **) {
    static const char type[] = "map(object({a = optional(string, \"x\"), b = optional(object({c = "
                               "optional(number, 1)}), {})}))";
    TypeConstraint constraint;
    Diags diags;
    ConvertError error;
    Value value;
    const Expr *expr = NULL;
    assert_true(read_type(type, &constraint, &diags));
    assert_ptr_equal(constraint.type, type_intern(constraint.type));
    assert_true(
        parser_parse_expression(text_source("{k = {a = null}}"), NULL, &expr, arena, &diags));
    assert_true(expr_as_literal(expr, &value, arena));
    assert_true(type_constraint_apply(constraint, value, &value, &error, arena));
    assert_true(value_find(value, STR("k"), &value));
    check_str(value_text(value_attribute(value, STR("a"))), "x");
    assert_int_equal(value_attribute(value_attribute(value, STR("b")), STR("c")).as.integer, 1);
}

RUN_LANG_TESTS(test_type_constraint, cmocka_unit_test(test_types), cmocka_unit_test(test_defaults))
