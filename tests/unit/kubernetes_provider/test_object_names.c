/* Lists of names instead of single reads. */
#include "kube_script.h"
#include "object_names.h"

static const KubeResource config_maps = {.version = STR_CONST("v1"),
                                         .kind = STR_CONST("ConfigMap"),
                                         .plural = STR_CONST("configmaps"),
                                         .is_namespaced = true,
                                         .verbs = KUBE_VERB_LIST};

typedef struct NamesCase {
    KubeScript script;
    KubeCall call;
    ObjectNames *names;
    Arena *arena;
} NamesCase;

static void names_case_open(NamesCase *c, const KubeScriptRow *rows, size_t count) {
    c->arena = arena_open("test");
    kube_script_open(&c->script, rows, count, NULL, c->arena);
    c->call = (KubeCall){.client = c->script.client, .arena = c->arena};
    c->names = object_names_open();
}

static void names_case_close(NamesCase *c) {
    assert_int_equal(c->script.next, c->script.count);
    object_names_close(c->names);
    kube_client_close(c->script.client);
    arena_close(c->arena);
}

static KubeRef ref_of(const char *name) {
    return (KubeRef){.resource = &config_maps, .namespace = STR("x"), .name = str_from_cstr(name)};
}

static bool lacks(NamesCase *c, const char *name, int64_t valid_ms) {
    KubeRef ref = ref_of(name);
    return object_names_lack(c->names, &c->call, &ref, valid_ms);
}

static void look_up(NamesCase *c) {
    for (size_t i = 0; i < 20; i++)
        assert_false(lacks(c, "new", 0));
    assert_int_equal(c->script.next, 0);
}

/* The list counts for the time that the caller allows, and not for objects of this run. */
static void lists(void **) {
    static const KubeScriptRow rows[] = {
        {200, "{\"items\":[{\"metadata\":{\"name\":\"old\"}}]}"},
        {200, "{\"items\":[{\"metadata\":{\"name\":\"new\"}}]}"},
    };
    NamesCase c;
    names_case_open(&c, rows, ARRAY_COUNT(rows));
    look_up(&c);
    assert_true(lacks(&c, "new", 5000));
    assert_false(lacks(&c, "old", 5000));
    c.script.now_ms += 5000;
    assert_true(lacks(&c, "new", 5000));
    KubeRef made = ref_of("made");
    assert_true(lacks(&c, "made", 5000));
    object_names_add(c.names, &made, c.arena);
    assert_false(lacks(&c, "made", 5000));
    c.script.now_ms += 1;
    assert_true(lacks(&c, "new", 0));
    assert_int_equal(c.script.next, 1);
    assert_false(lacks(&c, "new", 5000));
    assert_true(lacks(&c, "old", 5000));
    names_case_close(&c);
}

/* A user who may not list reads each object, and asks for the list once. */
static void forbidden(void **) {
    static const KubeScriptRow rows[] = {
        {403, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":403}"},
    };
    NamesCase c;
    names_case_open(&c, rows, ARRAY_COUNT(rows));
    look_up(&c);
    assert_false(lacks(&c, "new", 0));
    assert_false(lacks(&c, "new", 0));
    names_case_close(&c);
}

UNIT_MAIN(test_object_names) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),
        cmocka_unit_test(forbidden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
