/* The class of every recorded error, and the fields that it names. */
#include "kube_recorded.h"

#include "kube_error.h"

static const KubeResource config_maps = KUBE_CORE_RESOURCE("ConfigMap", "configmaps");

typedef struct Row {
    const char *name;
    KubeErrorClass class;
    const char *paths; /* each followed by a blank */
} Row;

static const Row rows[] = {
    {"dryrun-missing-namespace", KUBE_ERROR_NAMESPACE, ""},
    {"conflict-409", KUBE_ERROR_OWNED, ".spec.replicas "},
    {"co-owner", KUBE_ERROR_OWNED,
     ".spec.template.spec.containers[name=\"c\"].resources.limits.cpu "},
    {"immutable-selector-422", KUBE_ERROR_IMMUTABLE, ".spec.selector "},
    {"unknown-field-500", KUBE_ERROR_SCHEMA, ".spec.replcias "},
    {"wrong-type-500", KUBE_ERROR_SCHEMA,
     ".spec.template.spec.containers[name=\"c\"].env[name=\"P\"].value "},
    {"duplicate-list-key-500", KUBE_ERROR_SCHEMA,
     ".spec.template.spec.containers[name=\"c\"].env "},
    {"cr-unknown-field-500", KUBE_ERROR_SCHEMA, ".spec.sizzze "},
    {"selector-template-mismatch-422", KUBE_ERROR_INVALID, ".spec.template.metadata.labels "},
    {"missing-group-404-text", KUBE_ERROR_KIND, ""},
    {"missing-version-404", KUBE_ERROR_KIND, ""},
    {"service-clusterip-change-422", KUBE_ERROR_IMMUTABLE, ".spec.clusterIPs[0] "},
    {"secret-type-change-422", KUBE_ERROR_IMMUTABLE, ".type .data[username] .data[password] "},
    {"roleref-change-422", KUBE_ERROR_IMMUTABLE, ".roleRef "},
    {"job-template-change-422", KUBE_ERROR_IMMUTABLE, ".spec.template "},
    {"statefulset-forbidden-422", KUBE_ERROR_IMMUTABLE, ".spec "},
    {"pvc-shrink-422", KUBE_ERROR_IMMUTABLE, ".spec "},
    {"multi-cause-422", KUBE_ERROR_INVALID,
     ".metadata.labels .spec.ports[0].port .spec.ports[0].targetPort "},
    {"name-mismatch-400", KUBE_ERROR_INVALID, ""},
    {"forbidden-403", KUBE_ERROR_FORBIDDEN, ""},
    {"unauthorized-401", KUBE_ERROR_CREDENTIAL, ""},
    {"no-fieldmanager-400", KUBE_ERROR_INVALID, ".fieldManager "},
    {"cr-cel-immutable-422", KUBE_ERROR_IMMUTABLE, ".spec.id "},
    {"cr-required-missing-422", KUBE_ERROR_INVALID, ".spec.size  "},
    {"list-too-large-rv", KUBE_ERROR_OTHER, ""},
    {"delete-wrong-uid-409", KUBE_ERROR_CHANGED, ""},
    {"delete-missing-404", KUBE_ERROR_ABSENT, ""},
    {"stale-resourceversion-409", KUBE_ERROR_CHANGED, ""},
};

static KubeResponse response_of(int code, Str body, Arena *arena) {
    KubeResponse response = {.outcome = KUBE_FAILED, .code = code};
    response.status = kube_status_read(code, body, arena);
    response.problem = kube_status_text(&response.status, arena);
    return response;
}

static Str paths_of(const KubeResponse *response, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    KubeFieldErrors fields = kube_error_fields(response, arena);
    vec_each(&fields, field)
        strbuf_add_format(&text, "%.*s ", STR_ARG(field->path));
    return strbuf_str(&text);
}

static void recorded(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeRecordedVec all = kube_recorded_read(arena);
    KubeRef ref = {.resource = &config_maps};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const KubeRecorded *one = kube_recorded_find(&all, rows[i].name);
        KubeResponse response = response_of(one->code, one->body, arena);
        if (kube_error_class(&ref, &response) != rows[i].class)
            fail_msg("%s: class %d", rows[i].name, kube_error_class(&ref, &response));
        check_str(paths_of(&response, arena), rows[i].paths);
    }
}

/* Texts of other servers and versions. */
typedef struct Other {
    int code;
    HttpStatus transport;
    const char *body;
    KubeErrorClass class;
} Other;

#define STATUS(more) "{\"kind\":\"Status\"," more "}"

static const Other others[] = {
    {0, HTTP_NO_CONNECTION, "", KUBE_ERROR_UNREACHABLE},
    {0, HTTP_LOST, "", KUBE_ERROR_UNREACHABLE},
    {0, HTTP_BAD_CERTIFICATE, "", KUBE_ERROR_CERTIFICATE},
    {0, HTTP_TIMED_OUT, "", KUBE_ERROR_TIMEOUT},
    {0, HTTP_CANCELLED, "", KUBE_ERROR_CANCELLED},
    {0, HTTP_DONE, "", KUBE_ERROR_CREDENTIAL},
    {403, HTTP_DONE,
     STATUS("\"message\":\"unable to create new content\",\"details\":{\"causes\":[{\"reason\":"
            "\"NamespaceTerminating\"}]}"),
     KUBE_ERROR_TERMINATING},
    {403, HTTP_DONE,
     STATUS("\"message\":\"pods \\\"x\\\" is forbidden: exceeded quota: q, requested: pods=1\""),
     KUBE_ERROR_QUOTA},
    {403, HTTP_DONE, STATUS("\"message\":\"denied by policy\""), KUBE_ERROR_DENIED},
    {400, HTTP_DONE, STATUS("\"message\":\"admission webhook \\\"w\\\" does not support dry run\""),
     KUBE_ERROR_WEBHOOK_DRY_RUN},
    {400, HTTP_DONE, STATUS("\"message\":\"admission webhook \\\"w\\\" denied the request: no\""),
     KUBE_ERROR_DENIED},
    {400, HTTP_DONE, STATUS("\"message\":\"strict decoding error: unknown field\""),
     KUBE_ERROR_SCHEMA},
    {400, HTTP_DONE, "Client sent an HTTP request to an HTTPS server.\n", KUBE_ERROR_ADDRESS},
    {409, HTTP_DONE, STATUS("\"reason\":\"AlreadyExists\""), KUBE_ERROR_EXISTS},
    {410, HTTP_DONE, STATUS("\"reason\":\"Expired\""), KUBE_ERROR_GONE},
    {413, HTTP_DONE, "too large", KUBE_ERROR_TOO_LARGE},
    {500, HTTP_DONE, STATUS("\"message\":\"etcdserver: request is too large\""),
     KUBE_ERROR_TOO_LARGE},
    {500, HTTP_DONE, STATUS("\"message\":\"failed calling webhook \\\"w\\\"\""),
     KUBE_ERROR_WEBHOOK},
    {503, HTTP_DONE, "", KUBE_ERROR_OTHER},
};

static void texts(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeRef ref = {.resource = &config_maps};
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        KubeResponse response = response_of(others[i].code, str_from_cstr(others[i].body), arena);
        response.transport = others[i].transport;
        if (kube_error_class(&ref, &response) != others[i].class)
            fail_msg("%zu: class %d", i, kube_error_class(&ref, &response));
    }
}

/* Several errors of the schema in one message. */
static void several(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeResponse response =
        response_of(500,
                    STR(STATUS("\"message\":\"failed to create typed patch object (g/w; v1, "
                               "Kind=X): errors:\\n  .a[k=\\\"x: y\\\"].b: field not declared in "
                               "schema\\n  .c: expected string, got 7\"")),
                    arena);
    check_str(paths_of(&response, arena), ".a[k=\"x: y\"].b .c ");
}

static void reports(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeRecordedVec all = kube_recorded_read(arena);
    const KubeRecorded *one = kube_recorded_find(&all, "conflict-409");
    KubeResponse response = response_of(one->code, one->body, arena);
    KubeTarget target = {.server = STR("https://k")};
    Io io = io_real();
    SCOPED(KubeClientRef) client = kube_client_open(&io, &target, NULL);
    KubeCall call = {.client = client, .arena = arena};
    KubeRef ref = {.resource = &config_maps, .namespace = STR("n"), .name = STR("x")};
    Diags diags = diags_new(arena);
    kube_error_report(&call, "Object not applied", &ref, &response, &diags);
    assert_int_equal(diags.error_count, 1);
    check_str(diags.items[0].path, ".spec.replicas");
    check_str(diags.items[0].detail,
              "ConfigMap \"x\" in namespace \"n\", field .spec.replicas: \"hpa\" with subresource "
              "\"scale\" owns this field. Remove the field from the configuration, or take it over "
              "with force_conflicts.");
    response.manager = STR("loam");
    Diags named = diags_new(arena);
    kube_error_report(&call, "Object not applied", &ref, &response, &named);
    assert_true(str_find(named.items[0].detail,
                         STR("owns this field, so the manager \"loam\" cannot apply it. Remove"),
                         0) != SIZE_MAX);
    response = (KubeResponse){.transport = HTTP_DONE, .problem = STR("no plugin. Install it.")};
    kube_error_report(&call, "Object not applied", &ref, &response, &named);
    check_str(named.items[1].detail, "ConfigMap \"x\" in namespace \"n\" at https://k: no plugin. "
                                     "Install it. Check the credentials, and that they are of this "
                                     "cluster.");
    response = response_of(503, STR("absent"), arena);
    kube_error_report(&call, "Object not applied", &ref, &response, &named);
    check_str(named.items[2].detail, "ConfigMap \"x\" in namespace \"n\" at https://k: HTTP status "
                                     "503 (absent).");
    kube_error_report(&call, "Cluster not identified", NULL, &response, &named);
    check_str(named.items[3].detail, "The API server https://k: HTTP status 503 (absent).");
    one = kube_recorded_find(&all, "multi-cause-422");
    response = response_of(one->code, one->body, arena);
    kube_error_report(&call, "Object not applied", &ref, &response, &diags);
    assert_int_equal(diags.error_count, 4);
    one = kube_recorded_find(&all, "forbidden-403");
    response = response_of(one->code, one->body, arena);
    kube_error_report(&call, "Object not applied", &ref, &response, &diags);
    assert_int_equal(diags.error_count, 5);
    assert_true(str_find(diags.items[4].detail, STR("at https://k: HTTP status 403"), 0) !=
                SIZE_MAX);
}

UNIT_MAIN(test_kube_error) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded),
        cmocka_unit_test(texts),
        cmocka_unit_test(several),
        cmocka_unit_test(reports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
