/* upgraded_cluster: a cluster in memory that is upgraded. A run dies at a command, before or after
 * its effect. */
#pragma once

#include "base64.h"
#include "digest.h"
#include "json.h"
#include "kubeadm_provider.h"
#include "kubeadm_refresh.h"
#include "kubeadm_rounds.h"
#include "pki.h"
#include "resource_case.h"
#include "skipping_clock.h"
#include "ssh_client.h"
#include "thread.h"

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
    pthread_mutex_t mutex; /* of the commands: machines get programs in several threads */
    SkippingClock clock;
    Ssh ssh;
    Http http;
    Machine machines[NODES];
    size_t members; /* control planes */
    const char *etcd;
    const char *more_facts; /* NULL: none */
    const char *odd_host;   /* the machine that has them; NULL: all have */
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
    StrVec packages;      /* lines of the drivers and their proxies */
    const char *system;   /* facts of all machines; NULL: Debian */
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
        if (str_starts_with(line, STR("driver ")) || str_starts_with(line, STR("proxy ")))
            vec_push(cluster->c.arena, &cluster->packages, str_clone(line, cluster->c.arena));
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
            "facts 1\nuser 0\n%sversion kubelet v1.%u.4\n%s%s%s%stime %lld\nend\nsettings 1\nimage "
            "%.*s\tpresent\nsettings end\n",
            cluster->system ? cluster->system : "os_id debian\nprogram apt-get\n", machine->kubelet,
            i < cluster->members
                ? str_to_cstr(str_format(arena, "server_version v1.%u.4\n", machine->server), arena)
                : "",
            machine->fetched
                ? str_to_cstr(str_format(arena, "round 1.%u.4\n", machine->fetched), arena)
                : "",
            cluster->more_facts &&
                    (!cluster->odd_host || !strcmp(cluster->odd_host, name_of(cluster, i)))
                ? cluster->more_facts
                : "",
            machine->is_changing ? "former_files yes\n" : "",
            (long long)cluster->c.io.clock->now_ms(cluster->c.io.clock->self) / 1000,
            STR_ARG(machine->image));
    return STR_EMPTY;
}

static SshStatus cluster_exec(void *self, SshSession *session, const SshCommand *command,
                              SshResult *out, SshProblem *problem, Arena *) {
    Cluster *cluster = self;
    LOCKED(&cluster->mutex);
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

static bool bundle_has_programs; /* and no image of Kubernetes */

/* A bundle of a version, whose files machines would download. */
static Str bundle_json(uint32_t minor, Arena *arena) {
    const char *const names[] = {"kube-apiserver:v%s", "kube-controller-manager:v%s",
                                 "kube-scheduler:v%s", "kube-proxy:v%s",
                                 "coredns/coredns:1",  "pause:1",
                                 bundle_etcd,          bundle_patch};
    Str version = str_format(arena, "1.%u.4", minor);
    StrBuf images = strbuf_new(arena);
    if (bundle_has_programs)
        strbuf_add_cstr(&images, "\"docker.io/flannel/flannel:1\"");
    for (size_t i = 0; !bundle_has_programs && i < ARRAY_COUNT(names) && names[i]; i++) {
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
    pthread_mutex_init(&cluster->mutex, NULL);
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
    c->io.clock = skipping_clock_open(&cluster->clock);
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
    pthread_mutex_destroy(&cluster->mutex);
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
