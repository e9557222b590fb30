/* Warnings: their forms, and each once. */
#include "unit.h"

#include "kube_warning.h"

typedef struct Row {
    const char *header;
    const char *texts; /* joined by "|" */
} Row;

static const Row rows[] = {
    {"299 - \"v1 ComponentStatus is deprecated in v1.19+\"",
     "v1 ComponentStatus is deprecated in v1.19+"},
    {"299 - \"v1 ComponentStatus is deprecated in v1.19+\"", ""},
    {"299 kube \"a \\\"b\\\" c\"", "a \"b\" c"},
    {"299 - \"one\", 299 - \"two, three\"", "one|two, three"},
    {"299 - \"four\" \"Wed, 21 Oct 2015 07:28:00 GMT\",299 - \"five\"", "four|five"},
    {"110 - \"Response is Stale\"", ""},
    {"299 - \"open", ""},
    {"299 - \"\"", ""},
    {"299", ""},
    {"", ""},
    {"299 - \"with\\u001b[31m colour\x1b[0m\"", "with"
                                                "u001b[31m colour"},
};

static void texts(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeWarnings warnings;
    kube_warning_init(&warnings);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        HttpHeaders headers = {0};
        StrVec found = {0};
        vec_push(arena, &headers, (HttpHeader){STR("content-type"), STR("299 - \"no\"")});
        vec_push(arena, &headers, (HttpHeader){STR("warning"), str_from_cstr(rows[i].header)});
        kube_warning_collect(&warnings, &headers, &found, arena);
        check_str(str_join(found.items, found.count, STR("|"), arena), rows[i].texts);
    }
    kube_warning_release(&warnings);
}

UNIT_MAIN(test_kube_warning) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
