#include "plan_case.h"

#include "drift.h"

static Str texts_of(const Paths *paths) {
    StrVec texts = {0};
    vec_each(paths, path) {
        vec_push(arena, &texts, path_to_str(*path, arena));
    }
    return str_join(texts.items, texts.count, STR(" "), arena);
}

static Str differences(const char *before, const char *after) {
    Paths paths = {0};
    path_find_differences(value_of(before), value_of(after), &paths, arena);
    return texts_of(&paths);
}

static void differences_by_member(void **) {
    check_str(differences("{\"a\": 1}", "{\"a\": 1}"), "");
    check_str(differences("{\"a\": 1, \"b\": 2}", "{\"a\": 2, \"c\": 2}"), ".a .b .c");
    check_str(differences("{\"a\": [1, {\"x\": 1}]}", "{\"a\": [1, {\"x\": 2}]}"), ".a[1].x");
    check_str(differences("{\"a\": [1]}", "{\"a\": [1, 2]}"), ".a");
    check_str(differences("{\"a\": [1]}", "{\"a\": {\"b\": 1}}"), ".a");
    check_str(differences("{\"a\": null}", "{\"a\": {\"b\": 1}}"), ".a");
    check_str(differences("{\"a\": {\"$sensitive\": {\"k\": 1}}}",
                          "{\"a\": {\"$sensitive\": {\"l\": 1}}}"),
              ".a");
}

static Str fields_of(const Drift *drift) {
    Paths paths = {0};
    DriftFields fields = drift_fields(drift, arena);
    vec_each(&fields, field) {
        vec_push(arena, &paths, field->path);
    }
    return texts_of(&paths);
}

static Drift drift_of(const char *address, Action action, const char *before, const char *after) {
    return (Drift){.address = address_of(address),
                   .action = action,
                   .before = value_of(before),
                   .after = value_of(after)};
}

static void add_field(Drift *drift, const char *name, bool is_foreign) {
    vec_push(arena, &drift->fields, (DriftField){.path = path_of(name), .is_foreign = is_foreign});
}

static void fields(void **) {
    Drift drift = drift_of("t.a", ACTION_UPDATE, "{\"a\": 1, \"b\": 1}", "{\"a\": 2, \"b\": 2}");
    check_str(fields_of(&drift), ".a .b");
    add_field(&drift, "a", true);
    add_field(&drift, "b", false);
    check_str(fields_of(&drift), ".b");
    drift.action = ACTION_DELETE;
    check_str(fields_of(&drift), "");
}

static void keeps_own(void **) {
    Plan *plan = plan_new(PLAN_REFRESH_ONLY, arena);
    Drift mixed = drift_of("t.mixed", ACTION_UPDATE, "{\"a\": 1, \"b\": 1, \"c\": 1}",
                           "{\"a\": 2, \"b\": 2}");
    add_field(&mixed, "a", true);
    add_field(&mixed, "b", false);
    add_field(&mixed, "c", false);
    Drift foreign = drift_of("t.foreign", ACTION_UPDATE, "{\"a\": 1}", "{\"a\": 2}");
    add_field(&foreign, "a", true);
    vec_push(arena, &plan->drift, foreign);
    vec_push(arena, &plan->drift, drift_of("t.gone", ACTION_DELETE, "{\"a\": 1}", "-"));
    vec_push(arena, &plan->drift, mixed);
    vec_push(arena, &plan->drift, drift_of("t.moved", ACTION_NO_OP, "{\"a\": 1}", "{\"a\": 1}"));
    vec_push(arena, &plan->drift, drift_of("t.plain", ACTION_UPDATE, "{\"a\": 1}", "{\"a\": 2}"));
    drift_keep_own(plan, arena);
    assert_int_equal(plan->drift.count, 3);
    check_str(plan->drift.items[0].address.name, "gone");
    check_str(value_display(plan->drift.items[1].after, 0, arena), "{a = 1, b = 2, c = null}");
    assert_int_equal(plan->drift.items[1].fields.count, 2);
    check_str(value_display(plan->drift.items[2].after, 0, arena), "{a = 2}");
}

UNIT_MAIN(test_drift) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(differences_by_member),
        PLAN_CASE(fields),
        PLAN_CASE(keeps_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
