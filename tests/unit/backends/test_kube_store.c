/* Names, labels and contents of the objects. */
#include "unit.h"

#include "kube_object.h"
#include "kube_store.h"

typedef struct Row {
    const char *workspace;
    const char *suffix;
    const char *secret; /* NULL: refused */
} Row;

static const Row rows[] = {
    {"default", "state",                                                             "tfstate-default-state"},
    {"a.b-c",   "x-y.z",                                                             "tfstate-a.b-c-x-y.z"  },
    {"default", "state-1",                                                           NULL                   },
    {"default", "1",                                                                 "tfstate-default-1"    },
    {"Default", "state",                                                             NULL                   },
    {"a_b",     "state",                                                             NULL                   },
    {"a.",      "state",                                                             NULL                   },
    {"default", "state-",                                                            NULL                   },
    {"default", "",                                                                  NULL                   },
    {"default", "a-234567890123456789012345678901234567890123456789012345678901234", NULL                   },
};

static void names(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        KubeStore store = {.workspace = str_from_cstr(rows[i].workspace),
                           .suffix = str_from_cstr(rows[i].suffix)};
        assert_int_equal(kube_store_name(&store, arena, &diags), rows[i].secret != NULL);
        assert_int_equal(diags.error_count, rows[i].secret == NULL);
        if (rows[i].secret)
            check_str(store.secret, rows[i].secret);
    }
}

static void objects(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    KubeStore store = {.workspace = STR("w"), .suffix = STR("s"), .space = STR("n")};
    Str bytes;
    store.labels = value_null(&TYPE_DYNAMIC);
    assert_true(kube_store_name(&store, arena, &diags));
    Value secret = kube_store_new(&store, KUBE_SECRET, store.secret, true, arena);
    check_str(kube_object_text(secret, "metadata.labels", "tfstateWorkspace"), "w");
    check_str(kube_object_text(secret, "metadata.labels", "app.kubernetes.io/managed-by"),
              "terraform");
    check_str(kube_object_text(secret, "metadata.annotations", "encoding"), "gzip");
    secret = kube_store_with_data(secret, "tfstate", STR("\1\2"), arena);
    check_str(kube_object_text(secret, "data", "tfstate"), "AQI=");
    assert_true(kube_store_data(secret, "tfstate", &bytes, arena));
    check_str_equal(bytes, STR("\1\2"));
    assert_false(kube_store_data(secret, "other", &bytes, arena));
    Value journal = kube_store_new(&store, KUBE_SECRET, store.journal, false, arena);
    check_str(kube_object_text(journal, "metadata.labels", "tfstate"), "");
    check_str(kube_store_journal_selector(&store, arena),
              "loam-journal-suffix=s,loam-journal-workspace=w");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
