/* kubeadm_rounds: an upgrade over several minor versions of a cluster in memory, with a death at
 * each of its commands. */
#include "base64.h"
#include "digest.h"
#include "json.h"
#include "kubeadm_provider.h"
#include "kubeadm_refresh.h"
#include "kubeadm_rounds.h"
#include "pki.h"
#include "resource_case.h"
#include "ssh_client.h"

#include <stdlib.h>

#define LINK  "\"user\":\"u\",\"password\":\"p\",\"host_key\":\"k\",\"timeout\":\"10ms\""
#define NODES 4 /* three control planes and a worker; node i has the address 10.0.0.i */

static const Attribute attributes[] = {SSH_CLIENT_PROVIDER_ATTRIBUTES};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

typedef struct Machine {
    uint32_t server; /* minor versions */
    uint32_t kubelet;
    uint32_t fetched; /* with the programs of this version; 0: none */
    size_t steps;
} Machine;

typedef struct Cluster {
    ResourceCase c;
    Ssh ssh;
    Http http;
    Machine machines[NODES];
    size_t members; /* control planes */
    const char *etcd;
    const char *more_facts; /* NULL: none */
    size_t commands;
    size_t death;    /* command that is lost; SIZE_MAX: none */
    bool dies_after; /* the lost command has run */
    bool is_dead;
    size_t failing_lists; /* so many lists of control planes fail */
    FoundObjects joins;
    StrBuf log;     /* steps: "up-1.35.4-cp1 " */
    StrVec sources; /* of the bundles, as the machines get them: "URL PROXY" */
} Cluster;

static const char *name_of(const Cluster *cluster, size_t i) {
    static const char *const members[] = {"cp1", "cp2", "cp3", "cp4"};
    return i < cluster->members ? members[i] : "w1";
}

/* The session is that of the machine. */
static SshStatus cluster_connect(void *, const SshTarget *target, SshSession *, SshTimeout,
                                 SshSession **out, SshProblem *, Arena *) {
    *out = (SshSession *)(uintptr_t)(target->host.ptr[target->host.len - 1] - '0');
    return SSH_DONE;
}

/* No two API servers may ever differ by two. */
static void check_skew(const Cluster *cluster) {
    for (size_t i = 0; i < cluster->members; i++) {
        for (size_t k = 0; k < cluster->members; k++)
            assert_true(cluster->machines[i].server <= cluster->machines[k].server + 1);
    }
}

static uint32_t minor_in(Str text, const char *before) {
    size_t at = str_find(text, str_from_cstr(before), 0);
    return at == SIZE_MAX ? 0 : (uint32_t)strtoul(text.ptr + at + strlen(before), NULL, 10);
}

/* kubeadm of this machine has the version, so the machine must have got it. */
static void run_step(Cluster *cluster, size_t i, uint32_t minor) {
    Machine *machine = &cluster->machines[i];
    assert_int_equal(machine->fetched, minor);
    if (i < cluster->members) {
        machine->server = minor;
        check_skew(cluster);
    } else {
        machine->kubelet = minor;
    }
    machine->steps++;
    strbuf_add_format(&cluster->log, "1.%u-%s ", minor, name_of(cluster, i));
}

static void see_source(Cluster *cluster, Str lines) {
    Str line;
    while (str_next_field(&lines, '\n', &line)) {
        if (str_starts_with(line, STR("source ")))
            vec_push(cluster->c.arena, &cluster->sources,
                     str_clone(str_after(line, sizeof "source " - 1), cluster->c.arena));
    }
}

static Str answer(Cluster *cluster, size_t i, const SshCommand *command, Arena *arena) {
    Machine *machine = &cluster->machines[i];
    if (str_find(command->command, STR("curl is missing"), 0) != SIZE_MAX)
        return STR_EMPTY; /* the machine can download */
    bool is_start = command->input.len > 0;
    uint32_t up = minor_in(command->command, "'up-1."),
             fetch = minor_in(command->command, "'fetch-1.");
    uint32_t removed = minor_in(command->command, "rm -rf /var/lib/loam/rounds/1.");
    if (is_start && up) {
        run_step(cluster, i, up);
        return str_format(arena, "loam-step up-1.%u.4-%s exited 0 0 0\n", up, name_of(cluster, i));
    }
    if (is_start && fetch) {
        machine->fetched = fetch;
        see_source(cluster, command->input);
        return str_format(arena, "loam-step fetch-1.%u.4-%s exited 0 0 0\n", fetch,
                          name_of(cluster, i));
    }
    if (removed == machine->fetched)
        machine->fetched = 0;
    if (!is_start && !up && !fetch && !removed)
        return str_format(
            arena,
            "facts 1\nuser 0\nos_id debian\nprogram apt-get\nversion kubelet v1.%u.4\n%s%s%stime "
            "%lld\nend\nsettings 1\nsettings end\n",
            machine->kubelet,
            i < cluster->members
                ? str_to_cstr(str_format(arena, "server_version v1.%u.4\n", machine->server), arena)
                : "",
            machine->fetched
                ? str_to_cstr(str_format(arena, "round 1.%u.4\n", machine->fetched), arena)
                : "",
            cluster->more_facts ? cluster->more_facts : "",
            (long long)cluster->c.io.clock->now_ms(cluster->c.io.clock->self) / 1000);
    return STR_EMPTY;
}

static SshStatus cluster_exec(void *self, SshSession *session, const SshCommand *command,
                              SshResult *out, SshProblem *problem, Arena *) {
    Cluster *cluster = self;
    bool dies = cluster->commands++ == cluster->death;
    cluster->is_dead |= dies;
    *out = (SshResult){0};
    *problem = (SshProblem){.text = STR("lost"), .may_have_run = true};
    if (cluster->is_dead && !(dies && cluster->dies_after))
        return SSH_LOGIN_REFUSED;
    Str text = answer(cluster, (size_t)(uintptr_t)session - 1, command, cluster->c.arena);
    if (command->output && text.len)
        command->output(command->payload, text, false);
    else
        out->out = text;
    return cluster->is_dead ? SSH_LOGIN_REFUSED : SSH_DONE;
}

/* The port is that of the service and the machine: 10 × machine, and 1 for etcd. */
static SshStatus cluster_tunnel(void *self, SshSession *, Str host, uint16_t port,
                                uint16_t *out_port, SshProblem *, Arena *) {
    (void)self;
    *out_port = (uint16_t)(10000 + 10 * (host.ptr[host.len - 1] - '0') + (port == 2379));
    return SSH_DONE;
}

static bool cluster_is_alive(void *, SshSession *) {
    return true;
}

static void cluster_close_session(void *, SshSession *) {
}

static Str nodes_json(const Cluster *cluster, bool members_alone, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    size_t count = members_alone ? cluster->members : NODES;
    strbuf_add_cstr(&out, "{\"items\":[");
    for (size_t i = 0; i < count; i++)
        strbuf_add_format(&out,
                          "%s{\"metadata\":{\"name\":\"%s\"},\"status\":{\"addresses\":[{\"type\":"
                          "\"InternalIP\",\"address\":\"10.0.0.%zu\"}],\"conditions\":[{\"type\":"
                          "\"Ready\",\"status\":\"True\"}],\"nodeInfo\":{\"kubeletVersion\":"
                          "\"v1.%u.4\"}}}",
                          i ? "," : "", name_of(cluster, i), i + 1, cluster->machines[i].kubelet);
    strbuf_add_cstr(&out, "]}");
    return strbuf_str(&out);
}

static Str members_json(const Cluster *cluster, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    strbuf_add_cstr(&out, "{\"members\":[");
    for (size_t i = 0; i < cluster->members; i++)
        strbuf_add_format(&out,
                          "%s{\"ID\":\"%zu\",\"name\":\"%s\",\"peerURLs\":[\"https://10.0.0.%zu:"
                          "2380\"],\"clientURLs\":[\"https://10.0.0.%zu:2379\"]}",
                          i ? "," : "", i + 1, name_of(cluster, i), i + 1, i + 1);
    strbuf_add_cstr(&out, "]}");
    return strbuf_str(&out);
}

static Str respond(const Cluster *cluster, size_t i, Str path, Arena *arena) {
    if (str_starts_with(path, STR("/readyz")))
        return STR("ok");
    if (str_starts_with(path, STR("/version")))
        return str_format(arena, "{\"gitVersion\":\"v1.%u.4\"}", cluster->machines[i].server);
    if (str_starts_with(path, STR("/api/v1/nodes?")))
        return nodes_json(cluster, true, arena);
    if (str_starts_with(path, STR("/api/v1/nodes")))
        return nodes_json(cluster, false, arena);
    if (str_starts_with(path, STR("/v3/cluster/member/list")))
        return members_json(cluster, arena);
    if (str_starts_with(path, STR("/health")))
        return STR("{\"health\":\"true\"}");
    if (str_starts_with(path, STR("/v3/maintenance/status")))
        return str_format(arena, "{\"version\":\"%s\"}", cluster->etcd);
    if (str_find(path, STR("daemonsets"), 0) != SIZE_MAX)
        return STR("{\"items\":[{\"metadata\":{\"name\":\"kube-proxy\",\"generation\":2},"
                   "\"status\":{\"observedGeneration\":2,\"desiredNumberScheduled\":4,"
                   "\"updatedNumberScheduled\":4,\"numberAvailable\":4}}]}");
    return STR("{\"items\":[{\"metadata\":{\"name\":\"coredns\",\"generation\":1},\"spec\":{"
               "\"replicas\":2},\"status\":{\"observedGeneration\":1,\"updatedReplicas\":2,"
               "\"availableReplicas\":2}}]}");
}

#define FILES "https://files.example/"

/* A bundle of a version, whose files machines would download. */
static Str bundle_json(uint32_t minor, Arena *arena) {
    static const char *const names[] = {"kube-apiserver:v%s", "kube-controller-manager:v%s",
                                        "kube-scheduler:v%s", "kube-proxy:v%s",
                                        "coredns/coredns:1",  "pause:1",
                                        "etcd:3.6.11"};
    Str version = str_format(arena, "1.%u.4", minor);
    StrBuf images = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        Str name = str_from_cstr(names[i]);
        bool has_version = str_ends_with(name, STR("%s"));
        strbuf_add_format(&images, "%s\"registry.k8s.io/%.*s%.*s\"", i ? "," : "",
                          STR_ARG(str_slice(name, 0, name.len - (has_version ? 2 : 0))),
                          STR_ARG(has_version ? version : STR_EMPTY));
    }
    Str digest = digest_hex(DIGEST_SHA256, STR("program"), arena);
    return str_format(arena,
                      "{\"format\":1,\"kubernetes_version\":\"%.*s\",\"architecture\":\"amd64\","
                      "\"files\":[{\"path\":\"bin/kubeadm\",\"name\":\"kubeadm\",\"version\":"
                      "\"%.*s\",\"size\":7,\"sha256\":\"%.*s\"},{\"path\":\"images/all.tar\","
                      "\"name\":\"all\",\"version\":\"\",\"size\":7,\"sha256\":\"%.*s\","
                      "\"images\":[%.*s]}]}\n",
                      STR_ARG(version), STR_ARG(version), STR_ARG(digest), STR_ARG(digest),
                      STR_ARG(strbuf_str(&images)));
}

static Str bundle_sums(uint32_t minor, Arena *arena) {
    Str digest = digest_hex(DIGEST_SHA256, STR("program"), arena);
    return str_format(
        arena, "%.*s  bin/kubeadm\n%.*s  bundle.json\n%.*s  images/all.tar\n", STR_ARG(digest),
        STR_ARG(digest_hex(DIGEST_SHA256, bundle_json(minor, arena), arena)), STR_ARG(digest));
}

static Str serve_bundle(Str url, int *code, Arena *arena) {
    uint32_t minor = minor_in(url, FILES "1.");
    if (str_ends_with(url, STR("/SHA256SUMS")))
        return bundle_sums(minor, arena);
    if (str_ends_with(url, STR("/bundle.json")))
        return bundle_json(minor, arena);
    *code = 404;
    return STR_EMPTY;
}

static HttpStatus cluster_attempt(void *self, const HttpRequest *request, const HttpSink *sink,
                                  HttpResponse *response, Str *, Arena *arena) {
    Cluster *cluster = self;
    if (str_starts_with(request->url, STR(FILES))) {
        response->code = 200;
        Str text = serve_bundle(request->url, &response->code, arena);
        return sink->write(sink->payload, text) == 0 ? HTTP_DONE : HTTP_NOT_KEPT;
    }
    size_t i = minor_in(request->url, "127.0.0.1:100") / 10 - 1;
    Str path = str_after(request->url, str_find_char(request->url, '/', sizeof "https://"));
    assert_true(i < NODES);
    bool fails = cluster->failing_lists > 0 && str_starts_with(path, STR("/api/v1/nodes?"));
    cluster->failing_lists -= fails;
    response->code = fails ? 500 : 200;
    return sink->write(sink->payload, respond(cluster, i, path, arena)) == 0 ? HTTP_DONE
                                                                             : HTTP_NOT_KEPT;
}

static void find_objects(void *payload, const char *type, FoundObjects *out) {
    const Cluster *cluster = payload;
    if (strcmp(type, "kubeadm_join") == 0)
        *out = cluster->joins;
}

static Str pki_json(Arena *arena) {
    PkiSet set;
    Str problem;
    assert_true(pki_set_make(STR("ECDSA-P256"), 1, INT64_C(4000000000), &set, &problem, arena));
    Str pair = str_format(arena, "{\"certificate\":%.*s,\"key\":%.*s}",
                          STR_ARG(json_text(value_from_str(set.ca.certificate), arena)),
                          STR_ARG(json_text(value_from_str(set.ca.key), arena)));
    return str_format(arena,
                      "{\"ca\":%.*s,\"etcd_ca\":%.*s,\"front_proxy_ca\":%.*s,"
                      "\"service_account\":{\"public_key\":\"x\",\"key\":\"x\"}}",
                      STR_ARG(pair), STR_ARG(pair), STR_ARG(pair));
}

static Value cluster_object(Cluster *cluster, size_t i, Str pki, uint32_t minor, const char *more) {
    ResourceCase *c = &cluster->c;
    Str text = str_format(c->arena,
                          "{" LINK ",\"host\":\"10.0.0.%zu\",\"node_name\":\"%s\",\"id\":\"i%zu\","
                          "\"endpoint\":\"10.0.0.1:6443\",\"kubernetes_version\":\"1.%u.4\","
                          "\"pki\":%.*s%s}",
                          i + 1, name_of(cluster, i), i, minor, STR_ARG(pki), more);
    return case_config(c, str_to_cstr(text, c->arena));
}

#define ENTRY(version) "\"" version "\":{\"repository\":{\"url\":\"https://pkgs.example/\"}}"

/* A cluster of 1.`from` whose kubelets are `lag` minor versions older. */
static void open_cluster(Cluster *cluster, uint32_t from, uint32_t lag) {
    *cluster = (Cluster){.c = case_open(&kubeadm_join), .members = 3, .etcd = "3.6.11"};
    ResourceCase *c = &cluster->c;
    cluster->death = SIZE_MAX;
    cluster->log = strbuf_new(c->arena);
    for (size_t i = 0; i < NODES; i++)
        cluster->machines[i] = (Machine){.server = from, .kubelet = from - lag};
    cluster->ssh = (Ssh){.self = cluster,
                         .connect = cluster_connect,
                         .exec = cluster_exec,
                         .tunnel = cluster_tunnel,
                         .is_alive = cluster_is_alive,
                         .close = cluster_close_session};
    cluster->http = (Http){.self = cluster, .attempt = cluster_attempt};
    c->io.ssh = &cluster->ssh;
    c->io.http = &cluster->http;
    c->call.progress_payload = cluster;
    c->call.find_objects = find_objects;
    ObjectBuilder config = object_builder_empty(&schema, c->arena);
    object_builder_set(&config, "plan_timeout", value_from_cstr("1s"));
    ConfigureRequest request = {.config = object_builder_value(&config), .run = c->arena};
    ConfigureResponse response = {0};
    assert_true(ssh_client_configure(case_call(c), &request, &response, &c->diags));
    c->call.client = response.client;
}

static void close_cluster(Cluster *cluster) {
    ssh_client_close(cluster->c.call.client);
    case_close(&cluster->c);
}

/* Sets the objects: the joins in the state, and those of the kubeadm_init. */
static void make_objects(Cluster *cluster, uint32_t from, uint32_t to, const char *entries,
                         Value *prior, Value *planned) {
    ResourceCase *c = &cluster->c;
    Str pki = pki_json(c->arena);
    cluster->joins = (FoundObjects){0};
    for (size_t i = 1; i < NODES; i++) {
        FoundObject join = {str_from_cstr(name_of(cluster, i)),
                            cluster_object(cluster, i, pki, from,
                                           i < cluster->members ? ",\"control_plane\":true"
                                                                : ",\"control_plane\":false")};
        vec_push(c->arena, &cluster->joins, join);
    }
    c->type = &kubeadm_init;
    c->schema = &kubeadm_init.schema;
    c->call.type = &kubeadm_init.type;
    Str more = str_format(c->arena, ",\"is_member\":true,\"upgrade_through\":{%s}", entries);
    *prior = cluster_object(cluster, 0, pki, from, ",\"is_member\":true");
    *planned = cluster_object(cluster, 0, pki, to, str_to_cstr(more, c->arena));
}

/* Plans the change. */
static bool plan(Cluster *cluster, Value prior, Value planned, PlanResponse *out) {
    ResourceCase *c = &cluster->c;
    PlanRequest request = {.prior = prior, .proposed = planned, .config = planned};
    *out = (PlanResponse){0};
    c->call.is_planning = true;
    return kubeadm_rounds_plan(case_call(c), &request, out, &c->diags);
}

static bool run(Cluster *cluster, Value prior, Value planned, KubeVersion *from) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    ResourceCase *c = &cluster->c;
    c->diags = diags_new(c->arena);
    assert_true(kubeadm_node_open(case_call(c), planned, STR("i0"), &link, &node, &c->diags));
    node.is_control_plane = true;
    return kubeadm_rounds_run(&node, prior, planned, from, &c->diags);
}

#define THROUGH ENTRY("1.35.4") "," ENTRY("1.36.4")

/* The control planes go through the versions together, the first one first; kubelets stay. */
static void test_run(void **) {
    Cluster cluster;
    Value prior, planned;
    KubeVersion from;
    open_cluster(&cluster, 34, 0);
    make_objects(&cluster, 34, 37, THROUGH, &prior, &planned);
    if (!run(&cluster, prior, planned, &from))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(strbuf_str(&cluster.log), "1.35-cp1 1.35-cp2 1.35-cp3 1.36-cp1 1.36-cp2 1.36-cp3 ");
    assert_int_equal(from.minor, 36);
    for (size_t i = 0; i < NODES; i++) {
        assert_int_equal(cluster.machines[i].kubelet, 34);
        assert_int_equal(cluster.machines[i].fetched, 0);
    }
    close_cluster(&cluster);
}

/* An upgrade that an interrupted run left may restart the API server while loam lists. */
static void test_restarted_server(void **) {
    Cluster cluster;
    Value prior, planned;
    KubeVersion from;
    open_cluster(&cluster, 34, 0);
    make_objects(&cluster, 34, 37, THROUGH, &prior, &planned);
    cluster.failing_lists = 12;
    if (!run(&cluster, prior, planned, &from))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    assert_int_equal(cluster.failing_lists, 0);
    assert_int_equal(from.minor, 36);
    close_cluster(&cluster);
}

/* A step within a minor version, and to the next one, has no rounds. */
static void test_single(void **) {
    for (uint32_t to = 34; to <= 35; to++) {
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        open_cluster(&cluster, 34, 0);
        make_objects(&cluster, 34, to, "", &prior, &planned);
        assert_true(run(&cluster, prior, planned, &from));
        check_str(strbuf_str(&cluster.log), "");
        assert_int_equal(from.minor, 34);
        close_cluster(&cluster);
    }
}

/* The run dies at each command, before or after it has taken effect; the next run continues. */
static void test_deaths(void **) {
    size_t deaths = 0;
    for (size_t death = 0;; death++) {
        bool ends = false;
        for (int after = 0; after < 2; after++) {
            Cluster cluster;
            Value prior, planned;
            KubeVersion from;
            open_cluster(&cluster, 34, 0);
            make_objects(&cluster, 34, 37, THROUGH, &prior, &planned);
            cluster.death = death;
            cluster.dies_after = after;
            ends = run(&cluster, prior, planned, &from) && !cluster.is_dead;
            cluster.death = SIZE_MAX;
            cluster.is_dead = false;
            size_t done = strbuf_str(&cluster.log).len;
            if (!ends && !run(&cluster, prior, planned, &from))
                fail_msg("death %zu: %.*s", death, STR_ARG(cluster.c.diags.items[0].detail));
            for (size_t i = 0; i < cluster.members; i++) {
                assert_int_equal(cluster.machines[i].server, 36);
                /* At most the interrupted step runs again. */
                assert_true(cluster.machines[i].steps >= 2 && cluster.machines[i].steps <= 3);
            }
            assert_true(done <= strbuf_str(&cluster.log).len);
            deaths += !ends;
            close_cluster(&cluster);
        }
        if (ends)
            break;
    }
    assert_true(deaths > 60);
}

static bool says(const Cluster *cluster, const char *text) {
    vec_each(&cluster->c.diags, diag) {
        if (str_find(diag->detail, str_from_cstr(text), 0) != SIZE_MAX)
            return true;
    }
    return false;
}

static Str bundle_entry(uint32_t minor, const char *more, Arena *arena) {
    Str digest = digest_hex(DIGEST_SHA256, bundle_sums(minor, arena), arena);
    return str_format(arena,
                      "\"1.%u.4\":{\"bundle\":{\"url\":\"" FILES "1.%u\",\"fetch\":\"host\","
                      "\"digest\":\"sha256:%.*s\"}%s}",
                      minor, minor, STR_ARG(digest), more);
}

/* Machines download the bundle of a version between by its proxy. */
static void test_proxy(void **) {
    char cache[] = "/tmp/rounds-XXXXXX";
    Cluster cluster;
    Value prior, planned;
    KubeVersion from;
    assert_non_null(mkdtemp(cache));
    assert_int_equal(setenv("XDG_CACHE_HOME", cache, 1), 0);
    open_cluster(&cluster, 34, 0);
    Arena *arena = cluster.c.arena;
    Str entries = str_format(
        arena, "%.*s,%.*s", STR_ARG(bundle_entry(35, ",\"proxy\":\"http://10.9.9.9:3128\"", arena)),
        STR_ARG(bundle_entry(36, "", arena)));
    make_objects(&cluster, 34, 37, str_to_cstr(entries, arena), &prior, &planned);
    if (!run(&cluster, prior, planned, &from))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    assert_int_equal(from.minor, 36);
    assert_int_equal(cluster.sources.count, 2 * NODES);
    for (size_t i = 0; i < cluster.sources.count; i++)
        check_str(cluster.sources.items[i],
                  i < NODES ? FILES "1.35 http://10.9.9.9:3128" : FILES "1.36 -");
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(cache)), 0);
    close_cluster(&cluster);
}

static void test_proxy_argument(void **) {
    static const struct {
        const char *entry;
        bool is_valid;
    } rows[] = {
        {"\"bundle\":{\"path\":\"b\",\"digest\":\"sha256:0\"},\"proxy\":\"http://p:3128\"", true},
        {"\"bundle\":{\"path\":\"b\"},\"proxy\":\"http://u:a%20b@[fd00::1]:3128/\"", true},
        {"\"bundle\":{\"path\":\"b\"},\"proxy\":\"p:3128\"", false},
        {"\"bundle\":{\"path\":\"b\"},\"proxy\":\"http://p x\"", false},
        {"\"bundle\":{\"path\":\"b\"},\"proxy\":\"http://p\\nx\"", false},
        {"\"repository\":{\"url\":\"https://r/\"},\"proxy\":\"http://p:3128\"", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_init);
        Str pki = pki_json(c.arena);
        Str json = str_format(
            c.arena,
            "{\"host\":\"h\",\"node_name\":\"n\",\"endpoint\":\"a:6443\",\"kubernetes_version\":"
            "\"1.36.4\",\"pki\":%.*s,\"upgrade_through\":{\"1.35.4\":{%s}}}",
            STR_ARG(pki), rows[i].entry);
        if (case_validate(&c, str_to_cstr(json, c.arena)) != rows[i].is_valid)
            fail_msg("%s: %.*s", rows[i].entry,
                     STR_ARG(c.diags.count ? c.diags.items[0].detail : STR_EMPTY));
        case_close(&c);
    }
}

/* A control plane that loam cannot reach would stay behind. */
static void test_stranger(void **) {
    Cluster cluster;
    Value prior, planned;
    KubeVersion from;
    open_cluster(&cluster, 34, 0);
    make_objects(&cluster, 34, 37, THROUGH, &prior, &planned);
    cluster.joins.count--;                           /* the worker */
    cluster.joins.items[0] = cluster.joins.items[1]; /* cp2 is missing */
    cluster.joins.count--;
    assert_false(run(&cluster, prior, planned, &from));
    assert_true(says(&cluster, "with the address 10.0.0.2"));
    check_str(strbuf_str(&cluster.log), "");
    close_cluster(&cluster);
}

/* Plans: the note, and errors. */
static void test_plan(void **) {
    static const struct {
        uint32_t to;
        const char *etcd;
        const char *entries;
        const char *note;  /* NULL: none */
        const char *error; /* NULL: none */
    } rows[] = {
        {37, "3.6.11", THROUGH,
         "rounds: 1.35.4 (cp1 cp2 cp3), 1.36.4 (cp1 cp2 cp3), 1.37.4 (cp1 cp2 cp3, then 1 worker, "
         "at "
         "most 1 at once)",
         NULL},
        {36, "3.6.5", ENTRY("1.35.4"),
         "rounds: 1.35.4 (cp1 cp2 cp3), 1.36.4 (cp1 cp2 cp3, then 1 worker, at most 1 at once)",
         NULL},
        {35, "3.6.5", "", NULL, NULL},
        {35, "3.6.5", ENTRY("1.34.2"), NULL, NULL},
        {34, "3.6.5", THROUGH, NULL, NULL}, /* after the upgrade: no change of the version */
        {37, "3.6.11", ENTRY("1.36.4"), NULL, "lacks a version of 1.35"},
        {37, "3.6.11", "", NULL, "lacks a version of 1.35"},
        {37, "3.6.11", THROUGH "," ENTRY("1.37.1"), NULL, "\"1.37.1\" is superfluous"},
        {33, "3.6.11", "", NULL, "cannot downgrade"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster, 34, 0);
        make_objects(&cluster, 34, rows[i].to, rows[i].entries, &prior, &planned);
        ResourceCase *c = &cluster.c;
        cluster.etcd = rows[i].etcd;
        c->diags = diags_new(c->arena);
        PlanResponse response;
        bool is_good = plan(&cluster, prior, planned, &response);
        if (is_good != (rows[i].error == NULL) || (rows[i].error && !says(&cluster, rows[i].error)))
            fail_msg("row %zu: %.*s", i,
                     STR_ARG(c->diags.count ? c->diags.items[0].detail : STR("no error")));
        assert_int_equal(response.notes.count, rows[i].note != NULL);
        if (rows[i].note)
            check_str(response.notes.items[0].text, rows[i].note);
        close_cluster(&cluster);
    }
}

/* What an interrupted run has left, as the next plan shows it. */
static void test_plan_of_rest(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster, 34, 0);
    make_objects(&cluster, 34, 37, THROUGH, &prior, &planned);
    ResourceCase *c = &cluster.c;
    cluster.machines[0] = (Machine){.server = 36, .kubelet = 34, .fetched = 36};
    cluster.machines[1] = (Machine){.server = 35, .kubelet = 34};
    cluster.machines[2] = (Machine){.server = 35, .kubelet = 34};
    PlanResponse response;
    check_done(c, plan(&cluster, prior, planned, &response));
    check_str(
        response.notes.items[0].text,
        "rounds: 1.36.4 (cp1 cp2 cp3), 1.37.4 (cp1 cp2 cp3, then 1 worker, at most 1 at once)");
    close_cluster(&cluster);
}

/* etcd 3.6 must be late enough before 3.7; the plan says so if no round changes it. */
static void test_etcd(void **) {
    static const struct {
        uint32_t from;
        const char *etcd;
        bool is_good;
        size_t warnings;
    } rows[] = {
        {36, "3.6.10", false, 0}, {36, "3.6.11", true, 0}, {33, "3.5.24", true, 1},
        {33, "3.5.26", true, 0},  {35, "3.6.5", true, 0},
    };
    for (size_t i = 0; i < 2 * ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        uint32_t minor = rows[i / 2].from;
        open_cluster(&cluster, minor, 0);
        make_objects(&cluster, minor, minor + 1, "", &prior, &planned);
        ResourceCase *c = &cluster.c;
        cluster.etcd = rows[i / 2].etcd;
        if (i % 2) {
            assert_int_equal(run(&cluster, prior, planned, &from), rows[i / 2].is_good);
        } else {
            PlanResponse response;
            assert_int_equal(plan(&cluster, prior, planned, &response), rows[i / 2].is_good);
            assert_int_equal(c->diags.count - c->diags.error_count, rows[i / 2].warnings);
        }
        assert_true(rows[i / 2].is_good || says(&cluster, "3.6.11 or later"));
        close_cluster(&cluster);
    }
}

/* A kubelet that would not start stops the upgrade before its first round, in a plan as in an
 * apply. */
static void test_cgroup(void **state) {
    (void)state;
    static const struct {
        const char *facts, *entries;
        bool is_good;
    } rows[] = {
        {"cgroup tmpfs\n", ENTRY("1.35.4"), false},
        {"cgroup tmpfs\n",
         ENTRY("1.35.4") "},\"kubelet\":{\"value\":{\"failCgroupV1\":false},\"type\":[\"object\",{"
                         "\"failCgroupV1\":\"bool\"}]",
         true},
        {"cgroup cgroup2fs\n", ENTRY("1.35.4"), true},
    };
    for (size_t i = 0; i < 2 * ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        open_cluster(&cluster, 34, 0);
        make_objects(&cluster, 34, 36, rows[i / 2].entries, &prior, &planned);
        ResourceCase *c = &cluster.c;
        cluster.more_facts = rows[i / 2].facts;
        if (i % 2) {
            assert_int_equal(run(&cluster, prior, planned, &from), rows[i / 2].is_good);
            assert_int_equal(c->diags.count, rows[i / 2].is_good ? 0 : 1);
            assert_int_equal(strbuf_str(&cluster.log).len > 0, rows[i / 2].is_good);
        } else {
            PlanResponse response;
            assert_int_equal(plan(&cluster, prior, planned, &response), rows[i / 2].is_good);
        }
        assert_true(rows[i / 2].is_good || says(&cluster, "10.0.0.1 has cgroup v1"));
        close_cluster(&cluster);
    }
}

#define CP_FILES                                                                                   \
    "exists /etc/kubernetes/kubelet.conf\nkubelet_certificate /var/lib/kubelet/pki/a.pem\n"        \
    "exists /etc/kubernetes/manifests/kube-apiserver.yaml\n"

/* A control plane has the version that its kubelet has, too, until the upgrade has ended. */
static void test_refresh(void **) {
    static const struct {
        uint32_t server, kubelet, found;
    } rows[] = {{34, 34, 34}, {36, 34, 34}, {36, 36, 36}, {36, 37, 36}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned, state;
        bool is_restoring = false;
        open_cluster(&cluster, 33, 0);
        make_objects(&cluster, 33, 37, THROUGH, &prior, &planned);
        ResourceCase *c = &cluster.c;
        cluster.machines[0] = (Machine){.server = rows[i].server, .kubelet = rows[i].kubelet};
        Str mark = base64_encode(STR("{\"id\":\"i0\"}"), c->arena);
        cluster.more_facts =
            str_to_cstr(str_format(c->arena, CP_FILES "marker %.*s\n", STR_ARG(mark)), c->arena);
        ReadRequest request = {.state = prior};
        state = prior;
        check_done(c, kubeadm_refresh_read(case_call(c), &request, true, &state, &is_restoring,
                                           &c->diags));
        check_str(object_text(state, "kubernetes_version", STR_EMPTY),
                  str_to_cstr(str_format(c->arena, "1.%u.4", rows[i].found), c->arena));
        close_cluster(&cluster);
    }
}

UNIT_MAIN(test_kubeadm_rounds) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_proxy),    cmocka_unit_test(test_proxy_argument),
        cmocka_unit_test(test_run),      cmocka_unit_test(test_restarted_server),
        cmocka_unit_test(test_single),   cmocka_unit_test(test_deaths),
        cmocka_unit_test(test_stranger), cmocka_unit_test(test_plan),
        cmocka_unit_test(test_cgroup),   cmocka_unit_test(test_plan_of_rest),
        cmocka_unit_test(test_etcd),     cmocka_unit_test(test_refresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
