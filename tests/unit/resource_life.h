/* resource_life: the life of one object, checked against the provider contract. Each step is
 * followed by a read that returns the state and the private data unchanged, and by an empty plan.
 * For every type that a test can create. */
#pragma once

#include "resource_case.h"

typedef struct ResourceLife {
    const char *json;    /* a configuration */
    const char *changed; /* another one; NULL: no update, no replacement */
    /* True if an import by the attribute `id` restores the whole object; otherwise no import is
     * tested. */
    bool imports_whole;
} ResourceLife;

static inline void check_life_same(ResourceCase *c, Value state, Str private_data,
                                   const char *law) {
    bool is_same = value_equal(state, c->state) && str_equal(private_data, c->private_data);
    if (!is_same)
        print_error("%s: %s\n", c->type->name, law);
    assert_true(is_same);
}

/* Checks that a new object is complete and that a plan is empty. */
static inline void check_life_settled(ResourceCase *c, const char *json) {
    assert_true(value_is_wholly_known(c->state));
    Value state = c->state;
    Str private_data = c->private_data;
    for (int i = 0; i < 2; i++) {
        check_done(c, case_read(c));
        check_life_same(c, state, private_data, "a read changes an unchanged object");
    }
    if (!case_is_settled(c, json))
        print_error("%s: the next plan is not empty\n", c->type->name);
    assert_true(case_is_settled(c, json));
}

static inline void check_life_recovery(ResourceCase *c, const char *json, RecoverOutcome wanted) {
    RecoverOutcome outcome;
    if (c->type->recovery != RECOVERY_FINDS || c->type->effect == EFFECT_NONE)
        return;
    Value state = c->state;
    Str private_data = c->private_data;
    check_done(c, case_recover(c, json, &outcome));
    assert_int_equal(outcome, wanted);
    assert_int_equal(value_is_null(c->state), wanted == RECOVER_ABSENT);
    if (wanted == RECOVER_COMPLETE && !value_equal(c->state, state))
        print_error("%s: recover finds another object than create made\n", c->type->name);
    assert_true(wanted == RECOVER_ABSENT || value_equal(c->state, state));
    c->state = state;
    c->private_data = private_data;
}

static inline void check_life_import(ResourceCase *c, const char *json) {
    Value state = c->state;
    Str private_data = c->private_data;
    check_done(c, case_import(c, case_text(c, "id")));
    check_done(c, case_read(c));
    assert_true(value_is_wholly_known(c->state));
    if (!case_is_settled(c, json))
        print_error("%s: the plan of an imported object is not empty\n", c->type->name);
    assert_true(case_is_settled(c, json));
    c->state = state;
    c->private_data = private_data;
}

/* A deletion has ended when it returns; deleting a missing object succeeds. */
static inline void check_life_end(ResourceCase *c) {
    Value state = c->state;
    check_done(c, case_delete(c));
    assert_true(value_is_null(c->state));
    c->state = state;
    check_done(c, case_delete(c));
    if (c->type->effect == EFFECT_OUTSIDE && c->type->read) {
        c->state = state;
        check_done(c, case_read(c));
        assert_true(value_is_null(c->state));
    }
}

static inline void check_life(ResourceCase *c, const ResourceLife *life) {
    const char *last = life->changed ? life->changed : life->json;
    check_done(c, case_validate(c, life->json));
    check_life_recovery(c, life->json, RECOVER_ABSENT);
    check_done(c, case_apply(c, life->json));
    check_life_recovery(c, life->json, RECOVER_COMPLETE);
    check_life_settled(c, life->json);
    if (life->changed) {
        check_done(c, case_validate(c, life->changed));
        check_done(c, case_apply(c, life->changed));
        check_life_settled(c, life->changed);
    }
    if (life->imports_whole)
        check_life_import(c, last);
    check_life_end(c);
    check_life_recovery(c, last, RECOVER_ABSENT);
}
