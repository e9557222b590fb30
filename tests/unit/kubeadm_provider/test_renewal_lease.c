/* renewal_lease: the Lease of a cluster in each state. */
#include "kube_script.h"
#include "renewal_lease.h"

#define GET   "GET /apis/coordination.k8s.io/v1/namespaces/kube-system/leases/loam-renewal"
#define POST  "POST /apis/coordination.k8s.io/v1/namespaces/kube-system/leases"
#define PATCH "PATCH /apis/coordination.k8s.io/v1/namespaces/kube-system/leases/loam-renewal"
#define LEASE(version, holder)                                                                     \
    {                                                                                              \
        200, "{\"metadata\":{\"resourceVersion\":\"" version                                       \
             "\"},\"spec\":{\"holderIdentity\":\"" holder "\",\"leaseDurationSeconds\":900}}"      \
    }
#define ABSENT                                                                                     \
    { 404, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"reason\":\"NotFound\",\"code\":404}" }
#define CONFLICT                                                                                   \
    { 409, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"reason\":\"Conflict\",\"code\":409}" }
#define DONE                                                                                       \
    { 200, "{\"metadata\":{\"resourceVersion\":\"9\"}}" }

typedef struct LeaseCase {
    KubeScript script;
    Call call;
    ClusterApi api;
    Diags diags;
} LeaseCase;

static void open_case(LeaseCase *c, const KubeScriptRow *rows, size_t count, Arena *arena) {
    kube_script_open(&c->script, rows, count, NULL, arena);
    c->call = (Call){.io = &c->script.io, .arena = arena};
    c->api = (ClusterApi){.client = c->script.client,
                          .call = {.client = c->script.client, .arena = arena, .attempts_max = 1}};
    c->diags = diags_new(arena);
}

static void close_case(LeaseCase *c) {
    assert_int_equal(c->script.next, c->script.count);
    kube_client_close(c->script.client);
}

static bool starts(const LeaseCase *c, size_t i, const char *request) {
    return str_starts_with(c->script.requests.items[i], str_from_cstr(request));
}

static void test_take(void **) {
    static const struct {
        KubeScriptRow found;
        const char *write;
    } rows[] = {
        {ABSENT, POST},
        {LEASE("7", ""), PATCH},
        {LEASE("7", "loam:apply"), PATCH},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const KubeScriptRow script[] = {rows[i].found, DONE};
        LeaseCase c;
        bool is_held = false;
        open_case(&c, script, ARRAY_COUNT(script), arena);
        assert_true(renewal_lease_take(&c.call, &c.api, 3600, &is_held, &c.diags));
        assert_true(is_held);
        assert_true(starts(&c, 0, GET) && starts(&c, 1, rows[i].write));
        Str body = c.script.bodies.items[1];
        assert_true(str_find(body, STR("\"holderIdentity\":\"loam:apply\""), 0) != SIZE_MAX);
        assert_true(str_find(body, STR("\"leaseDurationSeconds\":3600"), 0) != SIZE_MAX);
        assert_int_equal(str_find(body, STR("\"resourceVersion\":\"7\""), 0) != SIZE_MAX, i > 0);
        close_case(&c);
    }
}

/* A timer that ends, and another client that is faster. */
static void test_wait(void **) {
    static const KubeScriptRow script[] = {LEASE("7", "cp2"),
                                           LEASE("7", "cp2"),
                                           LEASE("8", ""),
                                           CONFLICT,
                                           LEASE("9", "cp3"),
                                           LEASE("10", ""),
                                           DONE};
    SCOPED(ArenaRef) arena = arena_open("test");
    LeaseCase c;
    bool is_held = false;
    open_case(&c, script, ARRAY_COUNT(script), arena);
    assert_true(renewal_lease_take(&c.call, &c.api, 3600, &is_held, &c.diags));
    assert_true(is_held);
    close_case(&c);
}

/* A holder whose Lease has not changed for its duration has died. */
static void test_expired(void **) {
    static const KubeScriptRow script[] = {
        LEASE("7", "cp2"),
        {200,
         "{\"metadata\":{\"resourceVersion\":\"8\"},\"spec\":{\"holderIdentity\":\"cp2\","
         "\"leaseDurationSeconds\":900}}",
         .takes_ms = 950000},
        {200,
         "{\"metadata\":{\"resourceVersion\":\"8\"},\"spec\":{\"holderIdentity\":\"cp2\","
         "\"leaseDurationSeconds\":900}}",
         .takes_ms = 950000},
        DONE};
    SCOPED(ArenaRef) arena = arena_open("test");
    LeaseCase c;
    bool is_held = false;
    open_case(&c, script, ARRAY_COUNT(script), arena);
    assert_true(renewal_lease_take(&c.call, &c.api, 3600, &is_held, &c.diags));
    assert_true(is_held);
    close_case(&c);
}

static void test_failures(void **) {
    static const KubeScriptRow down[] = {{.transport = HTTP_NO_CONNECTION}};
    static const KubeScriptRow held[] = {LEASE("7", "cp2"), LEASE("7", "cp2"), LEASE("7", "cp2"),
                                         LEASE("7", "cp2")};
    SCOPED(ArenaRef) arena = arena_open("test");
    LeaseCase c;
    bool is_held = true;
    open_case(&c, down, ARRAY_COUNT(down), arena);
    assert_true(renewal_lease_take(&c.call, &c.api, 3600, &is_held, &c.diags));
    assert_false(is_held);
    close_case(&c);
    open_case(&c, held, ARRAY_COUNT(held), arena);
    c.call.deadline_ms = c.script.now_ms + 1000;
    assert_false(renewal_lease_take(&c.call, &c.api, 3600, &is_held, &c.diags));
    assert_false(is_held);
    check_str(c.diags.items[0].summary, "Certificates are being renewed");
    assert_true(str_find(c.diags.items[0].detail, STR("cp2"), 0) != SIZE_MAX);
    close_case(&c);
}

/* Only the own Lease is returned. */
static void test_return(void **) {
    static const KubeScriptRow own[] = {LEASE("7", "loam:apply"), DONE};
    static const KubeScriptRow other[] = {LEASE("7", "cp2")};
    SCOPED(ArenaRef) arena = arena_open("test");
    LeaseCase c;
    open_case(&c, own, ARRAY_COUNT(own), arena);
    renewal_lease_return(&c.api);
    assert_true(starts(&c, 1, PATCH));
    check_str(c.script.bodies.items[1],
              "{\"metadata\":{\"resourceVersion\":\"7\"},\"spec\":{\"holderIdentity\":\"\"}}");
    close_case(&c);
    open_case(&c, other, ARRAY_COUNT(other), arena);
    renewal_lease_return(&c.api);
    close_case(&c);
}

UNIT_MAIN(test_renewal_lease) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take),    cmocka_unit_test(test_wait),
        cmocka_unit_test(test_expired), cmocka_unit_test(test_failures),
        cmocka_unit_test(test_return),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
