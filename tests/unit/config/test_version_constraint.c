/* Which versions satisfy which constraints. */
#include "unit.h"

#include "version_constraint.h"

typedef enum Answer { NO, YES, BAD } Answer;

static const struct {
    const char *constraint;
    const char *version;
    Answer wanted;
} cases[] = {
    {">= 1.0, < 2.0",   "1.11.4",       YES},
    {">= 1.12",         "1.11.4",       NO },
    {"1.11.4",          "1.11.4",       YES},
    {"= 1.11",          "1.11.0",       YES},
    {"!= 1.11.4",       "1.11.4",       NO },
    {"~> 1.5",          "1.11.4",       YES},
    {"~> 1.5",          "2.0.0",        NO },
    {"~> 1.11.0",       "1.11.4",       YES},
    {"~> 1.10.0",       "1.11.4",       NO },
    {"~> 1.12",         "1.11.4",       NO },
    {"> 1.11.4",        "1.11.4",       NO },
    {"<=1.11.4",        "1.11.4",       YES},
    {">= 1.0",          "1.11.4-beta1", NO },
    {">= 1.11.4-alpha", "1.11.4-beta1", YES},
    {"> 1.0.0-rc.2",    "1.0.0-rc.10",  YES},
    {"v1.2.3",          "1.2.3",        YES},
    {"1.2.3+build",     "1.2.3",        YES},
    {"",                "1.0.0",        BAD},
    {"newest",          "1.0.0",        BAD},
    {">= ",             "1.0.0",        BAD},
    {"1.2.3.4",         "1.0.0",        BAD},
    {">= 1.0,",         "1.0.0",        BAD},
    {"=> 1.0",          "1.0.0",        BAD},
};

static void constraints(void **state) {
    (void)state;
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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(constraints)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
