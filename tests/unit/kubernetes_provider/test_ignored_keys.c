/* Labels and annotations that the provider configuration ignores. */
#include "ignored_keys.h"

#include "object_case.h"

static StrVec texts(const char *const *items, size_t count, Arena *arena) {
    StrVec out = {0};
    for (size_t i = 0; i < count; i++)
        vec_push(arena, &out, str_from_cstr(items[i]));
    return out;
}

static void keys(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const annotations[] = {"^cni\\.example\\.com/pod", ".*"};
    static const char *const labels[] = {"^team$"};
    static const struct {
        const char *object;
        const char *kept;
        size_t annotation_count;
        const char *left;
        const char *fields;
    } cases[] = {
        {"{\"metadata\":{\"annotations\":{\"cni.example.com/podIP\":\"1\",\"a\":\"2\"},\"labels\":{"
         "\"team\":\"x\",\"teams\":\"y\"}}}",
         "{}", 1, "{metadata:{annotations:{a:\"2\"},labels:{teams:\"y\"}}}",
         "{\"f:metadata\":{\"f:annotations\":{\"f:cni.example.com/podIP\":{}},\"f:labels\":{"
         "\"f:team\":{}}}}"},
        /* A member that is empty without them goes too. */
        {"{\"metadata\":{\"labels\":{\"team\":\"x\"}}}", "{}", 1, "{metadata:{}}",
         "{\"f:metadata\":{\"f:labels\":{\"f:team\":{}}}}"},
        /* A key of the manifest counts, and so does the mark. */
        {"{\"metadata\":{\"annotations\":{\"loam.internal/owner\":\"l "
         "a\",\"b\":\"1\"},\"labels\":{\"team\":\"x\"}}}",
         "{\"metadata\":{\"labels\":{\"team\":\"z\"}}}", 2,
         "{metadata:{annotations:{loam.internal/owner:\"l a\"},labels:{team:\"x\"}}}",
         "{\"f:metadata\":{\"f:annotations\":{\"f:b\":{}}}}"},
        /* Metadata of a pod template is not affected. */
        {"{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"team\":\"x\"}}}}}", "{}", 2,
         "{spec:{template:{metadata:{labels:{team:\"x\"}}}}}", "{}"},
        {"{\"metadata\":{\"labels\":\"bad\"}}", "{}", 2, "{metadata:{labels:\"bad\"}}", "{}"},
        {"null", "null", 2, "null", "{}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StrVec of_annotations = texts(annotations, cases[i].annotation_count, arena);
        StrVec of_labels = texts(labels, ARRAY_COUNT(labels), arena);
        size_t bad;
        Str problem;
        IgnoredKeys *ignored =
            ignored_keys_open(&of_annotations, &of_labels, &bad, &problem, arena);
        assert_non_null(ignored);
        Value object = object_case(cases[i].object, arena);
        Value kept = object_case(cases[i].kept, arena);
        check_str(object_case_text(ignored_keys_remove(ignored, object, kept, arena), arena),
                  cases[i].left);
        check_str(field_set_text(ignored_keys_fields(ignored, object, kept, arena), arena),
                  cases[i].fields);
        check_str(object_case_text(ignored_keys_remove(NULL, object, kept, arena), arena),
                  str_to_cstr(object_case_text(object, arena), arena));
        ignored_keys_close(ignored);
    }
}

static void bad_expressions(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const items[] = {"a", "(", "b"};
    StrVec some = texts(items, 1, arena);
    StrVec with_bad = texts(items, 3, arena);
    size_t bad;
    Str problem = STR_EMPTY;
    assert_null(ignored_keys_open(&some, &with_bad, &bad, &problem, arena));
    assert_int_equal(bad, 2);
    assert_true(problem.len > 0);
    assert_null(ignored_keys_open(&with_bad, &some, &bad, &problem, arena));
    assert_int_equal(bad, 1);
}

UNIT_MAIN(test_ignored_keys) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),
        cmocka_unit_test(bad_expressions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
