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
    uint32_t etcd;    /* patch of its member 3.6; 0: as the cluster has */
    Str image;        /* of etcd, beside that which runs; empty: none */
    bool is_changing; /* a step that changes etcd was killed */
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
    size_t bad_member;    /* machine on which a new etcd does not run; NODES: none */
    char leader;          /* of etcd */
    bool ignores;         /* the last step of kubeadm ignored a check */
    FoundObjects joins;
    FoundObjects hosts;   /* kubeadm_host in the state */
    FoundObjects planned; /* same, as the plan leaves them */
    StrBuf log;           /* steps: "up-1.35.4-cp1 " */
    StrVec sources;       /* of the bundles, as the machines get them: "URL PROXY" */
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
    if (minor == 36 && machine->etcd && machine->etcd < 8)
        machine->etcd = 8;
    if (minor == 37)
        assert_true(!machine->etcd || machine->etcd >= 11);
    strbuf_add_format(&cluster->log, "1.%u-%s ", minor, name_of(cluster, i));
}

/* The manifest of etcd gets an image that the machine has. */
static int run_patch(Cluster *cluster, size_t i, Str input) {
    Machine *machine = &cluster->machines[i];
    uint32_t patch = minor_in(input, "LOAM_ETCD='registry.k8s.io/etcd:3.6.");
    assert_true(str_find(input, STR("LOAM_PODS='etcd'"), 0) != SIZE_MAX);
    assert_int_equal(patch, minor_in(machine->image, "etcd:3.6."));
    bool is_bad = i == cluster->bad_member;
    if (!is_bad)
        machine->etcd = patch;
    machine->is_changing = false;
    strbuf_add_format(&cluster->log, "etcd-%s%s ", name_of(cluster, i), is_bad ? " back" : "");
    return is_bad ? 20 : 0;
}

static Str text_between(Str text, const char *before, char end) {
    size_t at = str_find(text, str_from_cstr(before), 0);
    Str rest = at == SIZE_MAX ? STR_EMPTY : str_after(text, at + strlen(before));
    return str_slice(rest, 0, str_find_char(rest, end, 0));
}

/* kubeadm pulls the image of its configuration, or the machine gets a file of a bundle. */
static void fetch_image(Cluster *cluster, size_t i, Str input, Arena *arena) {
    Str tag = text_between(input, "imageTag: \"", '"');
    Str name = tag.len ? tag : str_trim(text_between(input, "registry.k8s.io/etcd:3.6.16", '\n'));
    assert_true(tag.len || str_find(input, STR("image containerd "), 0) != SIZE_MAX);
    cluster->machines[i].image = tag.len
                                     ? str_concat(STR("registry.k8s.io/etcd:"), name, arena)
                                     : str_concat(STR("registry.k8s.io/etcd:3.6.16"), name, arena);
    strbuf_add_cstr(&cluster->log, tag.len ? "pull " : "import ");
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
    if (str_find(command->command, STR("-change'"), 0) != SIZE_MAX) {
        int status = is_start ? run_patch(cluster, i, command->input) : 0;
        return str_format(arena, "loam-step i%zu-change %s %d 4 9\netcdno memory", i,
                          is_start ? "exited" : "absent", status);
    }
    if (is_start && str_find(command->command, STR("'fetch-etcd-"), 0) != SIZE_MAX) {
        fetch_image(cluster, i, command->input, arena);
        return str_format(arena, "loam-step fetch-etcd-%s exited 0 0 0\n", name_of(cluster, i));
    }
    if (is_start && up) {
        run_step(cluster, i, up);
        cluster->ignores =
            str_find(command->input, STR("LOAM_IGNORED='SystemVerification'"), 0) != SIZE_MAX;
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
            "facts 1\nuser 0\nos_id debian\nprogram apt-get\nversion kubelet v1.%u.4\n%s%s%s%stime "
            "%lld\nend\nsettings 1\nimage %.*s\tpresent\nsettings end\n",
            machine->kubelet,
            i < cluster->members
                ? str_to_cstr(str_format(arena, "server_version v1.%u.4\n", machine->server), arena)
                : "",
            machine->fetched
                ? str_to_cstr(str_format(arena, "round 1.%u.4\n", machine->fetched), arena)
                : "",
            cluster->more_facts ? cluster->more_facts : "",
            machine->is_changing ? "former_files yes\n" : "",
            (long long)cluster->c.io.clock->now_ms(cluster->c.io.clock->self) / 1000,
            STR_ARG(machine->image));
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
        return str_format(arena,
                          "{\"version\":\"%.*s\",\"leader\":\"%c\",\"header\":{\"member_id\":"
                          "\"%zu\",\"revision\":\"5\"}}",
                          STR_ARG(cluster->machines[i].etcd
                                      ? str_format(arena, "3.6.%u", cluster->machines[i].etcd)
                                      : str_from_cstr(cluster->etcd)),
                          cluster->leader, i + 1);
    if (str_starts_with(path, STR("/v3/maintenance/alarm")))
        return STR("{}");
    if (str_find(path, STR("daemonsets"), 0) != SIZE_MAX)
        return STR("{\"items\":[{\"metadata\":{\"name\":\"kube-proxy\",\"generation\":2},"
                   "\"status\":{\"observedGeneration\":2,\"desiredNumberScheduled\":4,"
                   "\"updatedNumberScheduled\":4,\"numberAvailable\":4}}]}");
    return STR("{\"items\":[{\"metadata\":{\"name\":\"coredns\",\"generation\":1},\"spec\":{"
               "\"replicas\":2},\"status\":{\"observedGeneration\":1,\"updatedReplicas\":2,"
               "\"availableReplicas\":2}}]}");
}

#define FILES "https://files.example/"

/* Images of each bundle, of which the second one is a further file. */
static const char *bundle_etcd, *bundle_patch;

/* A bundle of a version, whose files machines would download. */
static Str bundle_json(uint32_t minor, Arena *arena) {
    const char *const names[] = {"kube-apiserver:v%s", "kube-controller-manager:v%s",
                                 "kube-scheduler:v%s", "kube-proxy:v%s",
                                 "coredns/coredns:1",  "pause:1",
                                 bundle_etcd,          bundle_patch};
    Str version = str_format(arena, "1.%u.4", minor);
    StrBuf images = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(names) && names[i]; i++) {
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
    if (str_starts_with(path, STR("/v3/maintenance/transfer-leadership"))) {
        assert_int_equal(i + '1', cluster->leader);
        cluster->leader = request->body.ptr[sizeof "{\"targetID\":\"" - 1];
        strbuf_add_cstr(&cluster->log, "moved ");
    }
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
    if (strcmp(type, "kubeadm_host") == 0)
        *out = cluster->hosts;
}

static void find_planned(void *payload, const char *type, FoundObjects *out) {
    const Cluster *cluster = payload;
    if (strcmp(type, "kubeadm_host") == 0)
        *out = cluster->planned;
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
    *cluster = (Cluster){.c = case_open(&kubeadm_join),
                         .members = 3,
                         .etcd = "3.6.11",
                         .bad_member = NODES,
                         .leader = '1'};
    ResourceCase *c = &cluster->c;
    bundle_etcd = "etcd:3.6.11";
    bundle_patch = NULL;
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
    c->call.find_planned = find_planned;
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
/* The end of the entries, and an argument after them. */
#define OWN_ETCD(local) "},\"cluster\":{\"etcd\":{\"local\":{" local "}}"

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

/* Members of etcd 3.6 that are too old for 3.7 get a later patch; those of 3.5 are a warning. An
 * image that the user names stays. */
static void test_etcd(void **) {
    static const struct {
        uint32_t from;
        const char *etcd, *more;
        bool is_good;
        size_t warnings;
        const char *note; /* NULL: none */
    } rows[] = {
        {36, "3.6.10", "", true, 0,
         "rounds: etcd 3.6.11 (cp1 cp2 cp3), 1.37.4 (cp1 cp2 cp3, then 1 worker, at most 1 at "
         "once)"},
        {36, "3.6.10", OWN_ETCD("\"image_repository\":\"own.example\""), false, 0, NULL},
        {36, "3.6.10", OWN_ETCD("\"image_tag\":\"3.6.10-0\""), true, 0, NULL},
        {36, "3.6.11", "", true, 0, NULL},
        {33, "3.5.24", "", true, 1, NULL},
        {33, "3.5.26", "", true, 0, NULL},
        {35, "3.6.5", "", true, 0, NULL},
    };
    for (size_t i = 0; i < 2 * ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        uint32_t minor = rows[i / 2].from;
        open_cluster(&cluster, minor, 0);
        make_objects(&cluster, minor, minor + 1, rows[i / 2].more, &prior, &planned);
        ResourceCase *c = &cluster.c;
        cluster.etcd = rows[i / 2].etcd;
        Value version = object_attribute(prior, "kubernetes_version");
        prior = object_with(planned, "kubernetes_version", version, c->arena);
        if (i % 2) {
            if (run(&cluster, prior, planned, &from) != rows[i / 2].is_good)
                fail_msg("%zu: %.*s", i,
                         STR_ARG(c->diags.count ? c->diags.items[0].detail : STR("")));
            check_str(strbuf_str(&cluster.log),
                      rows[i / 2].note ? "pull pull pull etcd-cp2 etcd-cp3 moved etcd-cp1 " : "");
        } else {
            PlanResponse response;
            assert_int_equal(plan(&cluster, prior, planned, &response), rows[i / 2].is_good);
            assert_int_equal(c->diags.count - c->diags.error_count, rows[i / 2].warnings);
            assert_int_equal(response.notes.count, rows[i / 2].note != NULL);
            if (rows[i / 2].note)
                check_str(response.notes.items[0].text, rows[i / 2].note);
        }
        assert_true(rows[i / 2].is_good || says(&cluster, "3.6.11 or later"));
        close_cluster(&cluster);
    }
}

/* Sets the patches of the members, and their kubeadm_host of this version, with a bundle or
 * without, and with an image; NULL: none. */
static FoundObjects make_host(Cluster *cluster, uint32_t minor, bool has_bundle,
                              const char *image) {
    ResourceCase *c = &cluster->c;
    const ResourceType *former = c->type;
    Str settings =
        image ? str_format(c->arena, "\"image registry.k8s.io/%s\":\"present\"", image) : STR_EMPTY;
    c->type = &kubeadm_host;
    c->schema = &kubeadm_host.schema;
    FoundObject host = {
        STR("kubeadm_host.a"),
        case_config(c,
                    str_to_cstr(str_format(c->arena,
                                           "{" LINK ",\"host\":\"10.0.0.1\","
                                           "\"kubernetes_version\":\"1.%u.4\",%s"
                                           "\"settings\":{%.*s}}",
                                           minor, has_bundle ? "\"bundle\":{\"path\":\"/b\"}," : "",
                                           STR_ARG(settings)),
                                c->arena))};
    FoundObjects hosts = {0};
    vec_push(c->arena, &hosts, host);
    c->type = former;
    c->schema = &former->schema;
    return hosts;
}

static void set_etcd(Cluster *cluster, uint32_t first, uint32_t others) {
    for (size_t i = 0; i < cluster->members; i++)
        cluster->machines[i].etcd = i == 0 ? first : others;
}

#define LACKS "\"registry.k8s.io/etcd:3.6.11-0\""
#define NOTE(version, members)                                                                     \
    "rounds: etcd " version " (" members "), 1.37.4 (cp1 cp2 cp3, then 1 worker, at most 1 at "    \
    "once)"

/* Where the image comes from, and which members get it. */
static void test_patch(void **) {
    static const struct {
        int state; /* kubeadm_host: -1: none, 0: without a bundle, 1: with one */
        int planned;
        const char *image; /* that it brings */
        uint32_t first;    /* patch of the first member */
        const char *note, *error, *log;
    } rows[] = {
        {-1, -1, NULL, 8, NOTE("3.6.11", "cp1 cp2 cp3"), NULL,
         "pull pull pull etcd-cp2 etcd-cp3 moved etcd-cp1 "},
        {-1, -1, NULL, 12, NOTE("3.6.11", "cp2 cp3"), NULL, "pull pull etcd-cp2 etcd-cp3 "},
        {0, -1, NULL, 8, NOTE("3.6.11", "cp1 cp2 cp3"), NULL, NULL},
        {1, -1, NULL, 8, NULL, LACKS, NULL},
        {1, 1, NULL, 8, NULL, LACKS, NULL},
        {1, 1, "etcd:3.6.10-0", 8, NULL, LACKS, NULL},
        {1, 1, "etcd:3.5.30-0", 8, NULL, LACKS, NULL},
        {1, 1, "etcd:3.7.12-0", 8, NULL, LACKS, NULL},
        {1, 1, "etcd:3.6.16-0", 8, NOTE("3.6.16", "cp1 cp2 cp3"), NULL,
         "etcd-cp2 etcd-cp3 moved etcd-cp1 "},
    };
    for (size_t i = 0; i < 2 * ARRAY_COUNT(rows); i++) {
        bool is_plan = i % 2 == 0;
        const char *image = rows[i / 2].image;
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        PlanResponse response = {0};
        open_cluster(&cluster, 36, 0);
        make_objects(&cluster, 36, 37, "", &prior, &planned);
        ResourceCase *c = &cluster.c;
        set_etcd(&cluster, rows[i / 2].first, 8);
        /* The state has the kubeadm_host of before, unless it was applied. */
        if (rows[i / 2].state >= 0)
            cluster.hosts = make_host(&cluster, rows[i / 2].planned >= 0 && is_plan ? 36 : 37,
                                      rows[i / 2].state, is_plan ? NULL : image);
        if (rows[i / 2].planned >= 0 && is_plan)
            cluster.planned = make_host(&cluster, 37, rows[i / 2].planned, image);
        for (size_t k = 0; image && k < cluster.members; k++)
            cluster.machines[k].image =
                str_concat(STR("registry.k8s.io/"), str_from_cstr(image), c->arena);
        bool is_good = is_plan ? plan(&cluster, prior, planned, &response)
                               : run(&cluster, prior, planned, &from);
        if (is_good != !rows[i / 2].error)
            fail_msg("%zu: %.*s", i, STR_ARG(c->diags.count ? c->diags.items[0].detail : STR("")));
        assert_true(!rows[i / 2].error || says(&cluster, rows[i / 2].error));
        assert_int_equal(response.notes.count, is_plan && rows[i / 2].note);
        if (response.notes.count)
            check_str(response.notes.items[0].text, rows[i / 2].note);
        if (!is_plan && (rows[i / 2].log || rows[i / 2].error))
            check_str(strbuf_str(&cluster.log), rows[i / 2].log ? rows[i / 2].log : "");
        close_cluster(&cluster);
    }
}

/* A machine whose bundle the plan does not show may have the image in the apply. */
static void test_patch_of_later_bundle(void **) {
    Cluster cluster;
    Value prior, planned;
    KubeVersion from;
    PlanResponse response;
    open_cluster(&cluster, 36, 0);
    make_objects(&cluster, 36, 37, "", &prior, &planned);
    set_etcd(&cluster, 8, 8);
    cluster.hosts = make_host(&cluster, 36, true, NULL);
    check_done(&cluster.c, plan(&cluster, prior, planned, &response));
    check_str(response.notes.items[0].text, NOTE("3.6.11 or later", "cp1 cp2 cp3"));
    /* The first machine has it, another one lacks it: nothing changes. */
    cluster.hosts = make_host(&cluster, 37, true, "etcd:3.6.16-0");
    cluster.machines[0].image = STR("registry.k8s.io/etcd:3.6.16-0");
    cluster.c.call.is_planning = false;
    assert_false(run(&cluster, prior, planned, &from));
    assert_true(says(&cluster, "10.0.0.2 has no image \"registry.k8s.io/etcd:3.6.16-0\""));
    check_str(strbuf_str(&cluster.log), "");
    close_cluster(&cluster);
}

/* The bundle of a version between brings the image, also after all control planes have passed it;
 * kubeadm takes its own etcd of that bundle. */
static void test_patch_of_round(void **) {
    static const struct {
        uint32_t from;
        const char *patch, *note, *log;
    } rows[] = {
        {35, "etcd:3.6.16-0",
         "rounds: 1.36.4 (cp1 cp2 cp3), etcd 3.6.16 (cp1 cp2 cp3), 1.37.4 (cp1 cp2 cp3, then 1 "
         "worker, at most 1 at once)",
         "1.36-cp1 1.36-cp2 1.36-cp3 import import import etcd-cp2 etcd-cp3 moved etcd-cp1 "},
        {36, "etcd:3.6.16-0", NOTE("3.6.16", "cp1 cp2 cp3"),
         "import import import etcd-cp2 etcd-cp3 moved etcd-cp1 "},
        {36, NULL, NULL, NULL},
    };
    char cache[] = "/tmp/rounds-XXXXXX";
    assert_non_null(mkdtemp(cache));
    assert_int_equal(setenv("XDG_CACHE_HOME", cache, 1), 0);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        PlanResponse response;
        open_cluster(&cluster, rows[i].from, 0);
        bundle_etcd = "etcd:3.6.8-0";
        bundle_patch = rows[i].patch;
        Arena *arena = cluster.c.arena;
        make_objects(&cluster, rows[i].from, 37, str_to_cstr(bundle_entry(36, "", arena), arena),
                     &prior, &planned);
        set_etcd(&cluster, 6, 6);
        bool is_good = plan(&cluster, prior, planned, &response);
        assert_int_equal(is_good, rows[i].note != NULL);
        if (is_good)
            check_str(response.notes.items[0].text, rows[i].note);
        else
            assert_true(says(&cluster, LACKS));
        cluster.c.call.is_planning = false;
        assert_int_equal(run(&cluster, prior, planned, &from), is_good);
        check_str(strbuf_str(&cluster.log), is_good ? rows[i].log : "");
        close_cluster(&cluster);
    }
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(cache)), 0);
}

/* A member that does not run with the image stops the upgrade, and those before it keep theirs. */
static void test_patch_rollback(void **) {
    Cluster cluster;
    Value prior, planned;
    KubeVersion from;
    open_cluster(&cluster, 36, 0);
    make_objects(&cluster, 36, 37, "", &prior, &planned);
    set_etcd(&cluster, 8, 8);
    cluster.bad_member = 2;
    assert_false(run(&cluster, prior, planned, &from));
    check_str(strbuf_str(&cluster.log), "pull pull pull etcd-cp2 etcd-cp3 back ");
    assert_true(says(&cluster, "no memory"));
    assert_true(says(&cluster, "The member of etcd on \"cp3\" did not get 3.6.11"));
    cluster.bad_member = NODES;
    cluster.log = strbuf_new(cluster.c.arena);
    assert_true(run(&cluster, prior, planned, &from));
    check_str(strbuf_str(&cluster.log), "etcd-cp3 moved etcd-cp1 ");
    close_cluster(&cluster);
}

/* The run dies at each command, before or after it has taken effect; the next one ends whole, and
 * after it nothing is left to do. A step that was killed is completed, also on a member that has
 * the image already. */
static void test_patch_deaths(void **) {
    size_t deaths = 0;
    for (size_t death = 0;; death++) {
        bool ends = false;
        for (int after = 0; after < 2; after++) {
            Cluster cluster;
            Value prior, planned;
            KubeVersion from;
            PlanResponse response;
            open_cluster(&cluster, 36, 0);
            make_objects(&cluster, 36, 37, "", &prior, &planned);
            set_etcd(&cluster, 8, 8);
            cluster.death = death;
            cluster.dies_after = after;
            ends = run(&cluster, prior, planned, &from) && !cluster.is_dead;
            cluster.death = SIZE_MAX;
            cluster.is_dead = false;
            if (!ends)
                cluster.machines[2].is_changing = true;
            if (!ends && !run(&cluster, prior, planned, &from))
                fail_msg("death %zu: %.*s", death, STR_ARG(cluster.c.diags.items[0].detail));
            for (size_t i = 0; i < cluster.members; i++) {
                assert_int_equal(cluster.machines[i].etcd, 11);
                assert_false(cluster.machines[i].is_changing);
            }
            deaths += !ends;
            cluster.log = strbuf_new(cluster.c.arena);
            assert_true(run(&cluster, prior, planned, &from));
            check_str(strbuf_str(&cluster.log), "");
            check_done(&cluster.c, plan(&cluster, prior, planned, &response));
            assert_int_equal(response.notes.count, 0);
            close_cluster(&cluster);
        }
        if (ends)
            break;
    }
    assert_true(deaths > 20);
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
            assert_int_equal(cluster.ignores,
                             rows[i / 2].is_good && !strstr(rows[i / 2].facts, "cgroup2fs"));
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
        cmocka_unit_test(test_proxy),
        cmocka_unit_test(test_proxy_argument),
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_restarted_server),
        cmocka_unit_test(test_single),
        cmocka_unit_test(test_deaths),
        cmocka_unit_test(test_stranger),
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_cgroup),
        cmocka_unit_test(test_plan_of_rest),
        cmocka_unit_test(test_etcd),
        cmocka_unit_test(test_refresh),
        cmocka_unit_test(test_patch),
        cmocka_unit_test(test_patch_of_later_bundle),
        cmocka_unit_test(test_patch_of_round),
        cmocka_unit_test(test_patch_rollback),
        cmocka_unit_test(test_patch_deaths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
