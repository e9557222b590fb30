/* A backend's reference page: every argument, its environment variables, and common notes. */
#include "unit.h"

#include "backend.h"

static const Attribute attributes[] = {
    {"place", &TYPE_STRING, REQUIRED, "Where."},
    {"secret", &TYPE_STRING, OPTIONAL | SENSITIVE, "How."},
    {"many", &TYPE_LIST_OF_STRING, OPTIONAL, "How many."},
};

static const BackendVariable variables[] = {
    {"place", "TF_PLACE"},
    {"secret", "TF_SECRET"},
    {"secret", "SECRET"},
};

static const BackendType type = {
    .name = "attic",
    .about = "It is dusty.",
    .schema = {SCHEMA_ATTRIBUTES(attributes), .description = "States in the attic."},
    BACKEND_VARIABLES(variables),
};

static void a_page(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    backend_page_write(&type, &out, arena);
    check_str(strbuf_str(&out), "\n## attic\n\nStates in the attic. It is dusty.\n"
                                "\nWorkspaces: only `default`.\n"
                                "\n| argument | type | | environment | |\n|---|---|---|---|---|\n"
                                "| `place` | string | required | `TF_PLACE` | Where. |\n"
                                "| `secret` | string | optional, sensitive | `TF_SECRET` `SECRET` "
                                "| How. |\n"
                                "| `many` | list(string) | optional | | How many. |\n");
}

UNIT_MAIN(test_backend_page) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
