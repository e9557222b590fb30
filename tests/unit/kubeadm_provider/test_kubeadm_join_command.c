/* kubeadm_join_command: plans, changes and refreshes of the token and the certificates for machines
 * that join without loam. */
#include "base64.h"
#include "fake_ssh.h"
#include "kubeadm_join_command.h"
#include "kubeadm_provider.h"
#include "resource_case.h"
#include "skipping_clock.h"
#include "timestamp.h"

#define TOKEN "abcdef.0123456789abcdef"
#define COMMAND                                                                                    \
    "kubeadm join 127.0.0.1:6443 --token " TOKEN " --discovery-token-ca-cert-hash sha256:0"
#define HOST_KEY  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB63tNa1BSddb5D72Lb1eIolJqSnc6LTOlYouHgHD3iM"
#define TOKEN_END "2090-01-01T00:00:00Z"
#define HOUR      INT64_C(3600)

static const Attribute attributes[] = {SSH_CLIENT_PROVIDER_ATTRIBUTES};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

/* An API server with one token and uploaded certificates. */
typedef struct JoinCase {
    ResourceCase c;
    SkippingClock clock;
    FakeSsh fake;
    Http http;
    Str node; /* arguments as JSON, without the braces */
    bool is_down;
    const char *secret; /* of the token; NULL: there is none */
    Str certs_end;      /* empty: there are none */
    StrBuf requests;
    Str stored; /* the last body of a token */
} JoinCase;

static Str in_base64(const char *text, Arena *arena) {
    return base64_encode(str_from_cstr(text), arena);
}

/* Seconds from now on, in RFC 3339. */
static Str in_seconds(const JoinCase *join, int64_t seconds) {
    const Clock *clock = join->c.io.clock;
    Timestamp time = {.seconds = clock->now_ms(clock->self) / 1000 + seconds};
    return timestamp_to_str(time, join->c.arena);
}

static Str respond(const JoinCase *join, Str line, Arena *arena) {
    static const char secrets[] = "GET /api/v1/namespaces/kube-system/secrets/";
    if (!str_starts_with(line, STR("GET ")))
        return STR("{}");
    if (str_find(line, STR("/configmaps"), 0) != SIZE_MAX) {
        size_t at = str_find(strbuf_str(&join->requests), STR("bootstrap-token-"), 0);
        Str id = str_slice(str_after(strbuf_str(&join->requests), at + 16), 0, 6);
        return str_format(arena,
                          "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[{\"metadata\":{"
                          "\"name\":\"cluster-info\"},\"data\":{\"jws-kubeconfig-%.*s\":\"x\"}}]}",
                          STR_ARG(id));
    }
    if (!str_starts_with(line, str_from_cstr(secrets)))
        return STR_EMPTY;
    Str name = str_after(line, sizeof secrets - 1);
    if (str_starts_with(name, STR("kubeadm-certs")))
        return join->certs_end.len ? STR("{\"metadata\":{\"ownerReferences\":[{\"kind\":\"Secret\","
                                         "\"name\":\"bootstrap-token-certs0\"}]}}")
                                   : STR_EMPTY;
    bool is_certs = str_starts_with(name, STR("bootstrap-token-certs0"));
    if (!is_certs && !join->secret)
        return STR_EMPTY;
    return str_format(arena, "{\"data\":{\"token-secret\":\"%.*s\",\"expiration\":\"%.*s\"}}",
                      STR_ARG(in_base64(is_certs ? "x" : join->secret, arena)),
                      STR_ARG(base64_encode(is_certs ? join->certs_end : STR(TOKEN_END), arena)));
}

static HttpStatus attempt(void *self, const HttpRequest *request, const HttpSink *sink,
                          HttpResponse *response, Str *problem, Arena *arena) {
    JoinCase *join = self;
    Str url = request->url;
    Str path = str_after(url, str_find_char(url, '/', sizeof "https://"));
    Str line = str_format(arena, "%.*s %.*s", STR_ARG(request->method), STR_ARG(path));
    *problem = STR("refused");
    if (join->is_down)
        return HTTP_NO_CONNECTION;
    strbuf_add_format(&join->requests, "%.*s\n", STR_ARG(line));
    if (str_starts_with(line, STR("PATCH ")))
        join->stored = str_clone(request->body, join->c.arena);
    Str body = respond(join, line, arena);
    response->code = body.len ? 200 : 404;
    if (!body.len)
        body = STR("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"reason\":\"NotFound\","
                   "\"code\":404}");
    return sink->write(sink->payload, body) == 0 ? HTTP_DONE : HTTP_NOT_KEPT;
}

static Str node_json(Arena *arena) {
    PkiSet set;
    Str problem;
    assert_true(pki_set_make(STR("ECDSA-P256"), 1, INT64_C(4000000000), &set, &problem, arena));
    Str ca = json_text(value_from_str(set.ca.certificate), arena);
    Str key = json_text(value_from_str(set.ca.key), arena);
    Str pair = str_format(arena, "{\"certificate\":%.*s,\"key\":%.*s}", STR_ARG(ca), STR_ARG(key));
    return str_format(
        arena,
        "\"user\":\"u\",\"password\":\"p\",\"host_key\":\"" HOST_KEY "\",\"timeout\":\"10ms\","
        "\"host\":\"10.0.0.11\",\"node_name\":\"cp1\",\"endpoint\":\"127.0.0.1:6443\","
        "\"kubernetes_version\":\"1.34.4\",\"pki\":{\"ca\":%.*s,\"etcd_ca\":%.*s,"
        "\"front_proxy_ca\":%.*s,\"service_account\":{\"public_key\":\"x\",\"key\":"
        "\"x\"}}",
        STR_ARG(pair), STR_ARG(pair), STR_ARG(pair));
}

static const char *text_of(JoinCase *join, const char *more) {
    return str_to_cstr(str_format(join->c.arena, "{%.*s%s}", STR_ARG(join->node), more),
                       join->c.arena);
}

/* The stored object has these further attributes. */
static void set_state(JoinCase *join, const char *more) {
    Str text = str_format(join->c.arena, ",\"id\":\"i\",\"is_member\":true%s", more);
    join->c.state = case_config(&join->c, text_of(join, str_to_cstr(text, join->c.arena)));
}

static void open_join(JoinCase *join) {
    *join = (JoinCase){.c = case_open(&kubeadm_init)};
    ResourceCase *c = &join->c;
    join->requests = strbuf_new(c->arena);
    join->node = node_json(c->arena);
    join->http = (Http){.self = join, .attempt = attempt};
    c->io.clock = skipping_clock_open(&join->clock);
    c->io.ssh = fake_ssh_open(&join->fake);
    c->io.http = &join->http;
    ObjectBuilder config = object_builder_empty(&schema, c->arena);
    object_builder_set(&config, "plan_timeout", value_from_cstr("10ms"));
    ConfigureRequest request = {.config = object_builder_value(&config), .run = c->arena};
    ConfigureResponse response = {0};
    assert_true(ssh_client_configure(case_call(c), &request, &response, &c->diags));
    c->call.client = response.client;
    c->call.is_planning = true;
    set_state(join, "");
}

static void close_join(JoinCase *join) {
    ssh_client_close(join->c.call.client);
    case_close(&join->c);
}

static bool update(JoinCase *join, const char *more) {
    Value config = case_config(&join->c, text_of(join, more));
    check_done(&join->c, case_plan_from(&join->c, join->c.state, config));
    return case_call_apply(&join->c, join->c.state, join->c.plan.planned, config);
}

static bool sent(const JoinCase *join, const char *text) {
    return str_find(strbuf_str(&join->requests), str_from_cstr(text), 0) != SIZE_MAX;
}

#define TTL   ",\"bootstrap_token_ttl\":\"10h\""
#define CERTS TTL ",\"upload_certs\":true"

static void test_validation(void **) {
    static const struct {
        const char *more;
        bool is_valid;
    } rows[] = {
        {TTL, true},
        {CERTS, true},
        {",\"upload_certs\":false", true},
        {",\"upload_certs\":true", false},
        {",\"bootstrap_token_ttl\":\"1h\"", true},
        {",\"bootstrap_token_ttl\":\"59m\"", false},
        {",\"bootstrap_token_ttl\":\"0s\"", false},
        {",\"bootstrap_token_ttl\":\"day\"", false},
    };
    JoinCase join;
    open_join(&join);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        assert_int_equal(case_validate(&join.c, text_of(&join, rows[i].more)), rows[i].is_valid);
    close_join(&join);
}

/* A plan shows attributes that are missing or about to end, and no others. */
static void test_plans(void **) {
    static const struct {
        const char *more;
        int64_t token_left; /* seconds; 0: there is no token */
        int64_t certs_left;
        const char *unknown;
        size_t notes;
    } rows[] = {
        {"", 0, 0, "", 0},
        {TTL, 0, 0, "join_command join_command_expires ", 0},
        {TTL, 6 * HOUR, 0, "", 0},
        {TTL, 4 * HOUR, 0, "join_command_expires ", 1},
        {TTL, -HOUR, 0, "join_command_expires ", 1},
        {",\"bootstrap_token_ttl\":\"20h\"", 19 * HOUR, 0, "join_command_expires ", 1},
        {"", 6 * HOUR, 2 * HOUR, "", 0},
        {CERTS, 6 * HOUR, 0, "control_plane_join_command uploaded_certs_expire ", 0},
        {CERTS, 6 * HOUR, HOUR + 60, "", 0},
        {CERTS, 6 * HOUR, HOUR - 60, "control_plane_join_command uploaded_certs_expire ", 0},
        {CERTS, 0, 2 * HOUR,
         "join_command join_command_expires control_plane_join_command uploaded_certs_expire ", 0},
    };
    static const char *const names[] = {"join_command", "join_command_expires",
                                        "control_plane_join_command", "uploaded_certs_expire"};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        JoinCase join;
        open_join(&join);
        ResourceCase *c = &join.c;
        StrBuf state = strbuf_new(c->arena), unknown = strbuf_new(c->arena);
        if (rows[i].token_left)
            strbuf_add_format(&state,
                              TTL ",\"join_command\":\"" COMMAND "\","
                                  "\"join_command_expires\":\"%.*s\"",
                              STR_ARG(in_seconds(&join, rows[i].token_left)));
        if (rows[i].certs_left)
            strbuf_add_format(&state,
                              ",\"upload_certs\":true,\"control_plane_join_command\":"
                              "\"c\",\"uploaded_certs_expire\":\"%.*s\"",
                              STR_ARG(in_seconds(&join, rows[i].certs_left)));
        set_state(&join, str_to_cstr(strbuf_str(&state), c->arena));
        assert_true(case_plan(c, text_of(&join, rows[i].more)));
        for (size_t j = 0; j < ARRAY_COUNT(names); j++) {
            if (case_is_planned_unknown(c, names[j]))
                strbuf_add_format(&unknown, "%s ", names[j]);
        }
        check_str(strbuf_str(&unknown), rows[i].unknown);
        /* The other token of row 6 has another end than its argument. */
        assert_int_equal(c->plan.notes.count, rows[i].notes);
        assert_int_equal(c->diags.count, strstr(rows[i].more, "upload_certs") != NULL);
        bool has_none = !strstr(rows[i].more, "bootstrap_token_ttl");
        assert_int_equal(value_is_null(value_attribute(c->plan.planned, STR("join_command"))),
                         has_none);
        close_join(&join);
    }
}

/* The plan before an apply decides as the approved plan, also if the limit has passed meanwhile. */
static void test_time_of_plan(void **) {
    static const struct {
        int64_t ago; /* seconds since the approved plan */
        bool is_due;
    } rows[] = {{0, true}, {HOUR, false}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        JoinCase join;
        open_join(&join);
        ResourceCase *c = &join.c;
        Str more = str_format(
            c->arena, TTL ",\"join_command\":\"" COMMAND "\",\"join_command_expires\":\"%.*s\"",
            STR_ARG(in_seconds(&join, 5 * HOUR - 600)));
        set_state(&join, str_to_cstr(more, c->arena));
        c->call.planned_ms = c->io.clock->now_ms(c->io.clock->self) - rows[i].ago * 1000;
        assert_true(case_plan(c, text_of(&join, TTL)));
        assert_int_equal(case_is_planned_unknown(c, "join_command_expires"), rows[i].is_due);
        close_join(&join);
    }
}

/* Sets, renews and removes both; the commands have token, hash and key. */
static void test_changes(void **) {
    JoinCase join;
    open_join(&join);
    ResourceCase *c = &join.c;
    join.certs_end = in_seconds(&join, 2 * HOUR);
    check_done(c, update(&join, CERTS));
    Str command = str_clone(case_text(c, "join_command"), c->arena);
    assert_true(str_starts_with(command, STR("kubeadm join 127.0.0.1:6443 --token ")));
    assert_true(str_find(command, STR(" --discovery-token-ca-cert-hash sha256:"), 0) != SIZE_MAX);
    Str control = case_text(c, "control_plane_join_command");
    assert_true(str_starts_with(control, command));
    Str rest = str_after(control, command.len);
    assert_true(str_starts_with(rest, STR(" --control-plane --certificate-key ")));
    assert_int_equal(rest.len, strlen(" --control-plane --certificate-key ") + 64);
    check_str_equal(case_text(c, "uploaded_certs_expire"), join.certs_end);
    assert_int_equal(join.fake.commands, 1);
    Str token =
        str_slice(str_after(command, strlen("kubeadm join 127.0.0.1:6443 --token ")), 0, 23);
    assert_true(str_find(join.stored, base64_encode(str_after(token, 7), c->arena), 0) != SIZE_MAX);
    /* Another end: the token keeps its text. */
    check_done(c, update(&join, ",\"bootstrap_token_ttl\":\"30h\",\"upload_certs\":true"));
    check_str_equal(case_text(c, "join_command"), command);
    assert_true(str_find(join.stored, base64_encode(str_after(token, 7), c->arena), 0) != SIZE_MAX);
    assert_int_equal(join.fake.commands, 1);
    assert_false(sent(&join, "DELETE"));
    check_done(c, update(&join, ",\"bootstrap_token_ttl\":\"30h\""));
    assert_true(value_is_null(case_attribute(c, "control_plane_join_command")));
    assert_true(sent(&join, "DELETE /api/v1/namespaces/kube-system/secrets/kubeadm-certs"));
    assert_true(
        sent(&join, "DELETE /api/v1/namespaces/kube-system/secrets/bootstrap-token-certs0"));
    check_done(c, update(&join, ""));
    assert_true(value_is_null(case_attribute(c, "join_command")));
    assert_true(value_is_null(case_attribute(c, "join_command_expires")));
    Str request = str_format(c->arena,
                             "DELETE /api/v1/namespaces/kube-system/secrets/"
                             "bootstrap-token-%.*s",
                             STR_ARG(str_slice(token, 0, 6)));
    assert_true(sent(&join, str_to_cstr(request, c->arena)));
    close_join(&join);
}

/* A failed upload is an error, and the state stays as it was. */
static void test_failures(void **) {
    JoinCase join;
    open_join(&join);
    assert_false(update(&join, CERTS));
    check_str(join.c.diags.items[1].summary, "Certificates not uploaded");
    assert_true(value_is_null(case_attribute(&join.c, "join_command")));
    join.is_down = true;
    assert_false(update(&join, TTL));
    close_join(&join);
}

/* A refresh sees that the token or the certificates are gone or replaced. */
static void test_refresh(void **) {
    static const struct {
        const char *secret;
        int64_t certs_end;
        bool is_down;
        bool has_command, has_certs;
    } rows[] = {
        {"0123456789abcdef", HOUR, false, true, true},
        {"0123456789abcdef", HOUR, true, true, true},
        {"aaaaaaaaaaaaaaaa", HOUR, false, false, true},
        {NULL, HOUR, false, false, true},
        {"0123456789abcdef", 2 * HOUR, false, true, false},
        {"0123456789abcdef", 0, false, true, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        JoinCase join;
        open_join(&join);
        ResourceCase *c = &join.c;
        Str end = in_seconds(&join, HOUR);
        Str more = str_format(c->arena,
                              CERTS ",\"join_command\":\"" COMMAND "\",\"join_command_expires\":"
                                    "\"2020-01-01T00:00:00Z\",\"control_plane_join_command\":\"c\","
                                    "\"uploaded_certs_expire\":\"%.*s\"",
                              STR_ARG(end));
        set_state(&join, str_to_cstr(more, c->arena));
        join.secret = rows[i].secret;
        join.is_down = rows[i].is_down;
        join.certs_end = rows[i].certs_end == HOUR ? end
                         : rows[i].certs_end       ? in_seconds(&join, rows[i].certs_end)
                                                   : STR_EMPTY;
        Value state = c->state;
        assert_true(kubeadm_join_command_read(case_call(c), &state, &c->diags));
        assert_int_equal(object_has(state, "join_command"), rows[i].has_command);
        assert_int_equal(object_has(state, "join_command_expires"), rows[i].has_command);
        assert_int_equal(object_has(state, "control_plane_join_command"), rows[i].has_certs);
        assert_int_equal(object_has(state, "uploaded_certs_expire"), rows[i].has_certs);
        if (rows[i].has_command && !rows[i].is_down)
            check_str(object_text(state, "join_command_expires", STR_EMPTY), TOKEN_END);
        close_join(&join);
    }
}

UNIT_MAIN(test_kubeadm_join_command) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validation),   cmocka_unit_test(test_plans),
        cmocka_unit_test(test_time_of_plan), cmocka_unit_test(test_changes),
        cmocka_unit_test(test_failures),     cmocka_unit_test(test_refresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
