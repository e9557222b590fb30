/* Versions that satisfy a constraint. */
#include "unit.h"

#include "version_constraint.h"

typedef enum Answer { NO, YES, BAD } Answer;

static const struct {
    const char *constraint;
    const char *version;
    Answer wanted;
} cases[] = {
    {">= 1.0, < 2.0", "1.11.4", YES},
    {">= 1.12", "1.11.4", NO},
    {"1.11.4", "1.11.4", YES},
    {"= 1.11", "1.11.0", YES},
    {"!= 1.11.4", "1.11.4", NO},
    {"~> 1.5", "1.11.4", YES},
    {"~> 1.5", "2.0.0", NO},
    {"~> 1.11.0", "1.11.4", YES},
    {"~> 1.10.0", "1.11.4", NO},
    {"~> 1.12", "1.11.4", NO},
    {"> 1.11.4", "1.11.4", NO},
    {"<=1.11.4", "1.11.4", YES},
    {">= 1.0", "1.11.4-beta1", NO},
    {">= 1.11.4-alpha", "1.11.4-beta1", YES},
    {"> 1.0.0-rc.2", "1.0.0-rc.10", YES},
    {"v1.2.3", "1.2.3", YES},
    {"1.2.3+build", "1.2.3", YES},
    {"", "1.0.0", BAD},
    {"newest", "1.0.0", BAD},
    {">= ", "1.0.0", BAD},
    {"1.2.3.4", "1.0.0", BAD},
    {">= 1.0,", "1.0.0", BAD},
    {"=> 1.0", "1.0.0", BAD},
};

/* The version selected from many. */
static const struct {
    const char *constraint;
    const char *version;
    Answer wanted;
} selections[] = {
    {"", "1.0.0", YES},
    {"", "1.0.0-rc1", NO},
    {">= 1.0.0-rc1", "1.0.0-rc1", NO},
    {"1.0.0-rc1", "1.0.0-rc1", YES},
    {"= 1.0.0-rc1", "1.0.0-rc1", YES},
    {"1.0.0-rc1", "1.0.0-rc2", NO},
    {"~> 1.0.0-rc1", "1.0.0-rc2", NO},
    {"~> 1.0.0-rc1", "1.0.1", YES},
    {"!= 1.0.0", "1.0.0-rc1", NO},
    {"~> 1.2, != 1.3.0", "1.3.0", NO},
    {"~> 1.2, != 1.3.0", "1.4.0", YES},
    {"~> 1.2, >= 1.5", "1.4.0", NO},
    {"~>1.2.3", "1.2.10", YES},
    {"~>1.2.3", "1.3.0", NO},
    {"~> 1", "7.0.0", YES},
    {"~> 1", "0.9.0", NO},
    {"> 1.0, < 2.0, != 1.5.0", "1.5.1", YES},
    {"newest", "1.0.0", BAD},
    {">= 1.0", "newest", BAD},
};

static void choices(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(selections); i++) {
        bool is_selected = false;
        bool ok = version_constraint_selects(str_from_cstr(selections[i].constraint),
                                             str_from_cstr(selections[i].version), &is_selected);
        Answer got = !ok ? BAD : is_selected ? YES : NO;
        if (got != selections[i].wanted)
            fail_msg("%s %s: got %d, wanted %d", selections[i].version, selections[i].constraint,
                     got, selections[i].wanted);
    }
}

static void order(void **) {
    static const char *const ascending[] = {
        "none",        "0.9",   "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-rc.2",
        "1.0.0-rc.10", "1.0.0", "1.2",         "1.10.0",        "2",
    };
    for (size_t i = 0; i < ARRAY_COUNT(ascending); i++) {
        for (size_t j = 0; j < ARRAY_COUNT(ascending); j++) {
            int got = version_constraint_compare(str_from_cstr(ascending[i]),
                                                 str_from_cstr(ascending[j]));
            assert_int_equal((got > 0) - (got < 0), (i > j) - (i < j));
        }
    }
}

static void constraints(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        bool is_satisfied = false;
        bool ok = version_constraint_check(str_from_cstr(cases[i].constraint),
                                           str_from_cstr(cases[i].version), &is_satisfied);
        Answer got = !ok ? BAD : is_satisfied ? YES : NO;
        if (got != cases[i].wanted)
            fail_msg("%s %s: got %d, wanted %d", cases[i].version, cases[i].constraint, got,
                     cases[i].wanted);
    }
}

/* Terraform 1.11.4 wrote these constraints into a lock file. */
static void normal_forms(void **) {
    static const char *const forms[][2] = {
        {"~> 1", "~> 1.0"},
        {"~> 1.2", "~> 1.2"},
        {"~> 1.2.0", "~> 1.2.0"},
        {">=1.0,<2,!= 1.5", ">= 1.0.0, != 1.5.0, < 2.0.0"},
        {"= 1.2.3", "1.2.3"},
        {">= 1, >= 1.0.0, < 3.0", ">= 1.0.0, < 3.0.0"},
        {"> 1.2.3-rc1", "> 1.2.3-rc1"},
        {"<= 2, >= 2, = 2.0, != 2.0.1, > 1.9.9", "> 1.9.9, >= 2.0.0, 2.0.0, <= 2.0.0, != 2.0.1"},
        {">= 1.2.0, > 1.2.0, = 1.2.0, <= 1.2.0, < 1.2.0, != 1.2.0, ~> 1.2.0, ~>1.2, 1.2.0-a",
         "1.2.0-a, > 1.2.0, >= 1.2.0, 1.2.0, ~> 1.2.0, ~> 1.2, <= 1.2.0, < 1.2.0, != 1.2.0"},
        {"", ""},
    };
    Arena *arena = arena_open("forms");
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++)
        check_str(version_constraint_normal(str_from_cstr(forms[i][0]), arena), forms[i][1]);
    arena_close(arena);
}

UNIT_MAIN(test_version_constraint) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(constraints), cmocka_unit_test(choices),
                                       cmocka_unit_test(order), cmocka_unit_test(normal_forms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
