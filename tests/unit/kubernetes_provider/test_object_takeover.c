/* Fields of other tools: which are taken over, and the patch of the managers. */
#include "object_takeover.h"

#include "kube_script.h"
#include "object_case.h"

#define FIELDS(name) "\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:data\":{\"f:" name "\":{}}}}"
#define ENTRY(manager, operation, version, name)                                                   \
    "{\"manager\":\"" manager "\",\"operation\":\"" operation "\",\"apiVersion\":\"" version       \
    "\",\"time\":\"t\"," FIELDS(name)
#define OBJECT(version, managers)                                                                  \
    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"n\",\"uid\":\"u\","    \
    "\"resourceVersion\":\"" version "\",\"managedFields\":[" managers "]},\"data\":{\"a\":\"1\"," \
    "\"b\":\"2\",\"c\":\"3\"}}"
#define CONFLICT                                                                                   \
    "{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"Conflict\",\"message\":\"changed\"," \
    "\"code\":409}"

static const KubeResource config_maps = KUBE_CORE_RESOURCE("ConfigMap", "configmaps");

typedef struct Fixture {
    KubeScript script;
    Cluster *cluster;
    Call call;
    ObjectOptions options;
    ObjectRequest request;
    ObjectTarget target;
} Fixture;

static void open_fixture(Fixture *fixture, const KubeScriptRow *rows, size_t count, Arena *arena) {
    *fixture = (Fixture){.options = {.manager = STR("loam")}};
    kube_script_open(&fixture->script, rows, count, NULL, arena);
    fixture->cluster =
        cluster_open(&fixture->script.io, &fixture->script.target, NULL, NULL, arena);
    fixture->call = (Call){.client = fixture->cluster, .io = &fixture->script.io, .arena = arena};
    fixture->request = (ObjectRequest){
        .call = &fixture->call, .options = &fixture->options, .record = {.uid = STR("u")}};
    fixture->target = (ObjectTarget){
        .request = &fixture->request,
        .cluster = fixture->cluster,
        .kube = cluster_call(&fixture->call),
        .resource = config_maps,
        .takeover = TAKEOVER_UPDATES,
    };
    fixture->target.ref =
        (KubeRef){.resource = &fixture->target.resource, .namespace = STR("x"), .name = STR("n")};
}

static void close_fixture(Fixture *fixture) {
    assert_int_equal(fixture->script.next, fixture->script.count);
    cluster_close(fixture->cluster);
    kube_client_close(fixture->script.client);
}

static void scopes(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *entry;
        TakeoverScope from; /* TAKEOVER_NONE: never */
    } cases[] = {
        {ENTRY("kubectl-client-side-apply", "Update", "v1", "a"), TAKEOVER_UPDATES},
        {ENTRY("kubectl-last-applied", "Apply", "v1", "a"), TAKEOVER_UPDATES},
        {ENTRY("helm", "Update", "v1", "a"), TAKEOVER_UPDATES},
        {ENTRY("helm", "Apply", "v1", "a"), TAKEOVER_ALL},
        {ENTRY("Terraform", "Update", "v1", "a"), TAKEOVER_UPDATES},
        {ENTRY("Terraform", "Apply", "v1", "a"), TAKEOVER_ALL},
        {ENTRY("helm", "Update", "v1beta1", "a"), TAKEOVER_NONE},
        {ENTRY("kubectl-edit", "Update", "v1", "a"), TAKEOVER_NONE},
        {ENTRY("argocd-controller", "Apply", "v1", "a"), TAKEOVER_NONE},
        {ENTRY("loam", "Apply", "v1", "a"), TAKEOVER_NONE},
    };
    Fixture fixture;
    open_fixture(&fixture, NULL, 0, arena);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str text = str_format(arena, "{\"metadata\":{\"managedFields\":[%s]}}", cases[i].entry);
        Value object = object_case(str_to_cstr(text, arena), arena);
        for (int scope = TAKEOVER_NONE; scope <= TAKEOVER_ALL; scope++) {
            fixture.target.takeover = (TakeoverScope)scope;
            ObjectTakeover takeover = object_takeover_of(&fixture.target, object);
            bool is_taken = cases[i].from && scope >= (int)cases[i].from;
            if (takeover.taken.count != is_taken)
                fail_msg("%s: scope %d", cases[i].entry, scope);
        }
    }
    /* Its own manager is none of the tools, whatever its name. */
    fixture.options.manager = STR("Terraform");
    fixture.target.takeover = TAKEOVER_ALL;
    Value own = object_case(OBJECT("1", ENTRY("Terraform", "Apply", "v1", "a")), arena);
    assert_int_equal(object_takeover_of(&fixture.target, own).taken.count, 0);
    close_fixture(&fixture);
}

static void removed_fields(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Fixture fixture;
    open_fixture(&fixture, NULL, 0, arena);
    Value object = object_case(
        OBJECT("1", ENTRY("helm", "Update", "v1", "a") "," ENTRY(
                        "HashiCorp", "Update", "v1", "b") "," ENTRY("other", "Update", "v1", "b")),
        arena);
    Value left = object_takeover_without(&fixture.target, object);
    check_str(json_text(value_attribute(left, STR("data")), arena), "{\"b\":\"2\",\"c\":\"3\"}");
    static const char manifest[] =
        "{\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":"
        "\"{}\"},\"name\":\"n\"}}";
    check_str(
        json_text(object_takeover_without_manifest(object_case(manifest, arena), arena), arena),
        "{\"metadata\":{\"name\":\"n\"}}");
    close_fixture(&fixture);
}

/* The object changes between reading and patching: it is read again. */
static void conflict(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const KubeScriptRow rows[] = {
        {.code = 200, .body = OBJECT("1", ENTRY("helm", "Update", "v1", "a"))},
        {.code = 409, .body = CONFLICT},
        {.code = 200,
         .body =
             OBJECT("2", ENTRY("hpa", "Update", "v1", "c") "," ENTRY(
                             "helm", "Update", "v1", "a") "," ENTRY("loam", "Apply", "v1", "b"))},
        {.code = 200, .body = "{}"},
    };
    Fixture fixture;
    Diags diags = diags_new(arena);
    open_fixture(&fixture, rows, ARRAY_COUNT(rows), arena);
    assert_true(object_takeover_apply(&fixture.target, &diags));
    check_str(
        fixture.script.last.body,
        "[{\"op\":\"replace\",\"path\":\"/metadata/managedFields\",\"value\":["
        "{\"apiVersion\":\"v1\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:data\":{"
        "\"f:a\":{},\"f:b\":{}}},\"manager\":\"loam\",\"operation\":\"Apply\",\"time\":\"t\"},"
        "{\"apiVersion\":\"v1\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:data\":{"
        "\"f:c\":{}}},\"manager\":\"hpa\",\"operation\":\"Update\",\"time\":\"t\"}]},"
        "{\"op\":\"replace\",\"path\":\"/metadata/resourceVersion\",\"value\":\"2\"}]");
    close_fixture(&fixture);
}

/* After five attempts the conflict is an error; without such managers nothing is sent. */
static void endings(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeScriptRow rows[10];
    Fixture fixture;
    Diags diags = diags_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i += 2) {
        rows[i] =
            (KubeScriptRow){.code = 200, .body = OBJECT("1", ENTRY("helm", "Update", "v1", "a"))};
        rows[i + 1] = (KubeScriptRow){.code = 409, .body = CONFLICT};
    }
    open_fixture(&fixture, rows, ARRAY_COUNT(rows), arena);
    assert_false(object_takeover_apply(&fixture.target, &diags));
    check_str(diags.items[0].summary, "Kubernetes object not taken over");
    close_fixture(&fixture);
    static const KubeScriptRow none[] = {
        {.code = 200, .body = OBJECT("1", ENTRY("hpa", "Update", "v1", "a"))}};
    open_fixture(&fixture, none, 1, arena);
    assert_true(object_takeover_apply(&fixture.target, &diags));
    close_fixture(&fixture);
    open_fixture(&fixture, NULL, 0, arena);
    fixture.target.takeover = TAKEOVER_NONE;
    assert_true(object_takeover_apply(&fixture.target, &diags));
    close_fixture(&fixture);
}

UNIT_MAIN(test_object_takeover) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scopes),
        cmocka_unit_test(removed_fields),
        cmocka_unit_test(conflict),
        cmocka_unit_test(endings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
