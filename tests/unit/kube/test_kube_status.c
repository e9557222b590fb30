/* Status objects, recorded and broken. */
#include "kube_recorded.h"

#include "broken_document.h"
#include "kube_status.h"

/* Every recorded error keeps code, reason and message; a plain text is its own message. */
static void recorded(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeRecordedVec all = kube_recorded_read(arena);
    size_t errors = 0;
    vec_each(&all, one) {
        KubeStatus status = kube_status_read(one->code, one->body, arena);
        if (one->code < 400)
            continue;
        errors++;
        assert_int_equal(status.code, one->code);
        assert_true(status.message.len > 0);
        assert_true(status.is_status || str_equal(one->name, STR("missing-group-404-text")));
    }
    assert_int_equal(errors, 32);
}

static void read_status(Str json, void *arena) {
    KubeStatus status = kube_status_read(409, json, arena);
    (void)kube_status_text(&status, arena);
    assert_int_equal(status.code, 409);
}

static void other_kinds(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeRecordedVec all = kube_recorded_read(arena);
    assert_true(broken_document_kinds(kube_recorded_find(&all, "conflict-409")->body, read_status,
                                      arena) > 100);
}

static void details(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeRecordedVec all = kube_recorded_read(arena);
    const KubeRecorded *one = kube_recorded_find(&all, "conflict-409");
    KubeStatus status = kube_status_read(one->code, one->body, arena);
    check_str(status.reason, "Conflict");
    assert_int_equal(status.causes.count, 1);
    check_str(status.causes.items[0].field, ".spec.replicas");
    assert_non_null(kube_status_find(&status, "FieldManagerConflict"));
    assert_null(kube_status_find(&status, "NamespaceTerminating"));

    one = kube_recorded_find(&all, "dryrun-missing-namespace");
    status = kube_status_read(one->code, one->body, arena);
    check_str(status.kind, "namespaces");
    assert_true(status.name.len > 0);

    one = kube_recorded_find(&all, "missing-version-404");
    status = kube_status_read(one->code, one->body, arena);
    assert_true(status.is_status && status.code == 404 && status.name.len == 0);
    one = kube_recorded_find(&all, "missing-group-404-text");
    status = kube_status_read(one->code, one->body, arena);
    assert_true(!status.is_status && status.code == 404 && status.name.len == 0);
    check_str(kube_status_text(&status, arena), "HTTP status 404 (404 page not found)");

    KubeStatus copy = kube_status_clone(&status, arena);
    check_str_equal(kube_status_text(&copy, arena), kube_status_text(&status, arena));
}

typedef struct Row {
    const char *body;
    const char *text;
} Row;

static const Row rows[] = {
    {"", "HTTP status 500"},
    {"<html>no</html>", "HTTP status 500"},
    {"{\"a\":", "HTTP status 500"},
    {"null", "HTTP status 500 (null)"},
    {"upstream is down\nmore", "HTTP status 500 (upstream is down)"},
    {"{\"kind\":\"Status\",\"message\":7,\"details\":null}", "HTTP status 500"},
    {"{\"kind\":\"Status\",\"message\":\"m.\",\"reason\":\"R\",\"details\":{\"causes\":{}}}",
     "HTTP status 500 R (m)"},
    {"{\"kind\":\"Status\",\"message\":\"a\\u001b[2Jb\"}", "HTTP status 500 (ab)"},
};

static void broken(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        KubeStatus status = kube_status_read(500, str_from_cstr(rows[i].body), arena);
        check_str(kube_status_text(&status, arena), rows[i].text);
        assert_int_equal(status.causes.count, 0);
    }
}

UNIT_MAIN(test_kube_status) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded),
        cmocka_unit_test(other_kinds),
        cmocka_unit_test(details),
        cmocka_unit_test(broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
