/* encrypted_cluster: a cluster in memory, whose API servers encrypt objects by the file on their
 * machine. After each request a client changes an object, and each API server must be able to read
 * each object. A run dies at a command or a kept state. */
#pragma once

#include "unit.h"

#include "base64.h"
#include "encryption_file.h"
#include "json.h"
#include "kubeadm_provider.h"
#include "object_builder.h"
#include "pki.h"
#include "resource_case.h"
#include "ssh_client.h"

#define LINK    "\"user\":\"u\",\"password\":\"p\",\"host_key\":\"k\",\"timeout\":\"10ms\""
#define MEMBERS 2
#define OBJECTS 7
#define PAGE    3
#define CANARY  OBJECTS
#define CONFIG                                                                                     \
    "apiVersion: \"kubeadm.k8s.io/v1beta4\"\ncertificatesDir: \"/etc/kubernetes/pki\"\nkind: "     \
    "\"ClusterConfiguration\"\n"
#define PREFIX STR("/registry/secrets/")

static const Attribute attributes[] = {SSH_CLIENT_PROVIDER_ATTRIBUTES};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

typedef struct Machine {
    Str file;   /* empty: none */
    Str loaded; /* by the API server */
    double changed;
    double reloaded;
    size_t restarts;
    bool is_stuck; /* loads no file without a restart */
} Machine;

/* Of a Secret; the last one is the canary. */
typedef struct Object {
    Str key; /* prefix of the value in etcd; empty: plain */
    bool exists;
    bool is_changed; /* by another client, between the list and the patch */
} Object;

typedef struct Cluster {
    ResourceCase c;
    Ssh ssh;
    Http http;
    Clock clock;
    int64_t time_ms;
    Machine machines[MEMBERS];
    Object objects[OBJECTS + 1];
    Str live;
    Str former;
    size_t commands;
    size_t death; /* command that is lost; SIZE_MAX: none */
    bool dies_after;
    bool is_dead;
    size_t keeps;
    size_t fatal_keep; /* that ends the run; SIZE_MAX: none */
    Value state;       /* stored */
    FoundObjects joins;
    FoundObjects snapshots; /* of kubeadm_etcd_snapshot */
    size_t members;         /* without those that have not joined */
    size_t patches;
    bool has_clients;
    size_t turns;
    size_t dead_plugin; /* number of the machine whose plugin of keys does not respond; 0: none */
} Cluster;

static inline bool has(Str text, const char *part) {
    return str_find(text, str_from_cstr(part), 0) != SIZE_MAX;
}

/* API servers. */

static inline Value providers_in(Str file, Arena *arena) {
    Value root, entries;
    if (!file.len)
        return value_null(&TYPE_DYNAMIC);
    assert_true(json_parse_object(file, &root, arena));
    entries = value_tuple_at(root, STR("resources"));
    for (size_t i = 0; i < entries.count; i++) {
        StrVec names = {0};
        json_add_texts(value_at(entries, i), STR("resources"), &names, arena);
        if (str_is_among(STR("secrets"), names.items, names.count))
            return value_tuple_at(value_at(entries, i), STR("providers"));
    }
    return value_null(&TYPE_DYNAMIC);
}

static inline Str prefix_of(Value provider, Arena *arena) {
    Str kind = value_key_at(provider, 0);
    Value of_kind = value_at(provider, 0);
    if (str_equal(kind, STR("identity")))
        return STR_EMPTY;
    bool is_kms = str_equal(kind, STR("kms"));
    Value named = is_kms ? of_kind : value_at(value_tuple_at(of_kind, STR("keys")), 0);
    return str_format(arena, "k8s:enc:%.*s:%s:%.*s:", STR_ARG(kind), is_kms ? "v2" : "v1",
                      STR_ARG(value_text_at(named, STR("name"))));
}

/* Returns the prefixes that the API server of the machine knows, the first one for writes. */
static inline StrVec known_prefixes(const Machine *machine, Arena *arena) {
    StrVec out = {0};
    Value providers = providers_in(machine->loaded, arena);
    for (size_t i = 0; value_is_present(providers) && i < providers.count; i++)
        vec_push(arena, &out, prefix_of(value_at(providers, i), arena));
    if (!out.count)
        vec_push(arena, &out, STR_EMPTY);
    return out;
}

static inline void check_readable(const Cluster *cluster) {
    Arena *arena = cluster->c.arena;
    for (size_t i = 0; i < cluster->members; i++) {
        StrVec known = known_prefixes(&cluster->machines[i], arena);
        for (size_t k = 0; k < ARRAY_COUNT(cluster->objects); k++) {
            const Object *object = &cluster->objects[k];
            if (object->exists && !str_is_among(object->key, known.items, known.count))
                fail_msg("the API server %zu cannot read object %zu: %.*s", i, k,
                         STR_ARG(object->key));
        }
    }
}

static inline void write_object(Cluster *cluster, size_t machine, size_t i) {
    StrVec known = known_prefixes(&cluster->machines[machine], cluster->c.arena);
    cluster->objects[i].key = known.items[0];
    cluster->objects[i].exists = true;
}

/* After each request, a client changes an object through one of the API servers. */
static inline void write_as_client(Cluster *cluster) {
    size_t turn = cluster->turns++, i = turn / cluster->members % OBJECTS;
    if (cluster->has_clients && cluster->objects[i].exists)
        write_object(cluster, turn % cluster->members, i);
    check_readable(cluster);
}

static inline void load_file(Machine *machine, double time) {
    if (str_equal(machine->file, machine->loaded))
        return;
    machine->loaded = machine->file;
    machine->reloaded = time;
}

static inline double seconds(const Cluster *cluster) {
    return (double)cluster->time_ms / 1000;
}

/* Machines. */

static inline SshStatus cluster_connect(void *, const SshTarget *target, SshSession *, SshTimeout,
                                        SshSession **out, SshProblem *, Arena *) {
    *out = (SshSession *)(uintptr_t)(target->host.ptr[target->host.len - 1] - '0');
    return SSH_DONE;
}

/* A step of control_plane_step: files, then the configuration. etcd has none of both. */
static inline Str run_step(Cluster *cluster, size_t i, Str input, Arena *arena) {
    Machine *machine = &cluster->machines[i];
    static const char line[] = ENCRYPTION_FILE_KEY " 0600 ";
    size_t at = str_find(input, str_from_cstr(line), 0);
    Str content = STR_EMPTY;
    if (has(input, "LOAM_PODS='etcd'"))
        return str_format(arena, "loam-step i%zu-change exited 0 0 0\n", i);
    if (at != SIZE_MAX) {
        Str rest = str_after(input, at + sizeof line - 1);
        assert_true(
            base64_decode(str_slice(rest, 0, str_find_char(rest, '\n', 0)), &content, arena));
        assert_true(has(input, "name: \"" ENCRYPTION_FILE_FLAG "\""));
        assert_true(has(input, "mountPath: \"/etc/kubernetes/loam/encryption\""));
    } else {
        assert_false(has(input, ENCRYPTION_FILE_FLAG));
    }
    if (!str_equal(content, machine->file) || !str_equal(machine->file, machine->loaded)) {
        machine->file = str_clone(content, cluster->c.arena);
        machine->changed = seconds(cluster);
        load_file(machine, seconds(cluster));
        machine->restarts++;
    }
    return str_format(arena, "loam-step i%zu-change exited 0 0 0\n", i);
}

static inline Str place(Cluster *cluster, size_t i, Str content, Arena *arena) {
    Machine *machine = &cluster->machines[i];
    if (!str_equal(content, machine->file)) {
        machine->file = str_clone(content, cluster->c.arena);
        machine->changed = seconds(cluster);
    }
    return str_format(arena, "%.6f\n", machine->changed);
}

static inline Str answer(Cluster *cluster, size_t i, const SshCommand *command, Arena *arena) {
    bool is_step = has(command->command, "-change'");
    if (is_step && command->input.len)
        return run_step(cluster, i, command->input, arena);
    if (is_step)
        return str_format(arena, "loam-step i%zu-change absent 0 0 0\n", i);
    if (has(command->command, "KeyManagementService")) {
        assert_true(str_equal(command->input, STR("/run/kms/kms.sock\n")));
        return i + 1 == cluster->dead_plugin ? STR("no process listens at /run/kms/kms.sock\n")
                                             : STR_EMPTY;
    }
    if (has(command->command, "'place'"))
        return place(cluster, i, command->input, arena);
    if (has(command->command, "'read'"))
        return cluster->machines[i].file;
    if (has(command->command, "'begin'")) {
        if (!cluster->former.len)
            cluster->former = str_clone(command->input, cluster->c.arena);
        return cluster->former;
    }
    if (has(command->command, "'upload'"))
        cluster->live = str_after(str_clone(command->input, cluster->c.arena),
                                  str_find(command->input, STR("---\n"), 0) + 4);
    if (has(command->command, "'end'"))
        cluster->former = STR_EMPTY;
    return str_format(arena,
                      "facts 1\nuser 0\nos_id debian\nversion kubelet v1.34.4\nserver_version "
                      "v1.34.4\n%stime %lld\nend\n",
                      i == 0 && cluster->former.len ? "changing yes\n" : "",
                      (long long)cluster->time_ms / 1000);
}

static inline SshStatus cluster_exec(void *self, SshSession *session, const SshCommand *command,
                                     SshResult *out, SshProblem *problem, Arena *) {
    Cluster *cluster = self;
    bool dies = cluster->commands++ == cluster->death;
    cluster->time_ms++;
    cluster->is_dead |= dies;
    *out = (SshResult){0};
    *problem = (SshProblem){.text = STR("lost"), .may_have_run = true};
    if (cluster->is_dead && !(dies && cluster->dies_after))
        return SSH_LOGIN_REFUSED;
    Str text = answer(cluster, (size_t)(uintptr_t)session - 1, command, cluster->c.arena);
    write_as_client(cluster);
    if (command->output && text.len)
        command->output(command->payload, text, false);
    else
        out->out = text;
    return cluster->is_dead ? SSH_LOGIN_REFUSED : SSH_DONE;
}

static inline SshStatus cluster_tunnel(void *self, SshSession *, Str host, uint16_t port,
                                       uint16_t *out, SshProblem *, Arena *) {
    const Cluster *cluster = self;
    *out = (uint16_t)((port == 2379 ? 20000 : 10000) + (host.ptr[host.len - 1] - '0'));
    return cluster->is_dead ? SSH_LOGIN_REFUSED : SSH_DONE;
}

static inline bool cluster_is_alive(void *, SshSession *) {
    return true;
}

static inline void cluster_close_session(void *, SshSession *) {
}

/* Requests. */

static inline Str name_of(size_t i, Arena *arena) {
    return i == CANARY ? STR("kube-system/loam-encryption") : str_format(arena, "default/s%zu", i);
}

static inline Str nodes_json(size_t members, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    strbuf_add_cstr(&out, "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[");
    for (size_t i = 0; i < members; i++)
        strbuf_add_format(
            &out,
            "%s{\"metadata\":{\"name\":\"cp%zu\",\"resourceVersion\":\"1\",\"labels\":{\"node-role."
            "kubernetes.io/control-plane\":\"\"}},\"status\":{\"addresses\":[{\"type\":"
            "\"InternalIP\",\"address\":\"10.0.0.%zu\"}],\"conditions\":[{\"type\":\"Ready\","
            "\"status\":\"True\"}],\"nodeInfo\":{\"kubeletVersion\":\"v1.34.4\"}}}",
            i ? "," : "", i + 1, i + 1);
    strbuf_add_cstr(&out, "]}");
    return strbuf_str(&out);
}

static inline Str node_json(Str path, Arena *arena) {
    Value root;
    size_t i = (size_t)(path.ptr[sizeof "/api/v1/nodes/cp" - 1] - '1');
    assert_true(json_parse_object(nodes_json(MEMBERS, arena), &root, arena));
    return json_text(value_at(value_tuple_at(root, STR("items")), i), arena);
}

static inline Str members_json(Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < MEMBERS; i++)
        strbuf_add_format(&out,
                          "%s{\"ID\":\"%zu\",\"name\":\"cp%zu\",\"peerURLs\":[\"https://10.0.0.%zu:"
                          "2380\"],\"clientURLs\":[\"https://10.0.0.%zu:2379\"]}",
                          i ? "," : "{\"members\":[", i + 1, i + 1, i + 1, i + 1);
    strbuf_add_cstr(&out, "]}");
    return strbuf_str(&out);
}

/* Pages have three objects, whatever the request allows. */
static inline Str list_json(Cluster *cluster, Str path, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    size_t token = str_find(path, STR("continue="), 0), count = 0, i;
    size_t start = token == SIZE_MAX ? 0 : (size_t)(path.ptr[token + sizeof "continue=" - 1] - '0');
    strbuf_add_cstr(&out, "{\"items\":[");
    for (i = start; i < OBJECTS && count < PAGE; i++) {
        if (!cluster->objects[i].exists)
            continue;
        strbuf_add_format(&out,
                          "%s{\"metadata\":{\"name\":\"s%zu\",\"namespace\":\"default\","
                          "\"resourceVersion\":\"1\"}}",
                          count++ ? "," : "", i);
    }
    strbuf_add_cstr(&out, "],\"metadata\":{");
    if (i < OBJECTS)
        strbuf_add_format(&out, "\"continue\":\"%zu\",\"remainingItemCount\":%zu", i, OBJECTS - i);
    strbuf_add_cstr(&out, "}}");
    return strbuf_str(&out);
}

static inline int patch(Cluster *cluster, size_t machine, Str path) {
    static const char secrets[] = "/namespaces/default/secrets/s";
    size_t at = str_find(path, str_from_cstr(secrets), 0);
    size_t i = at == SIZE_MAX ? CANARY : (size_t)(path.ptr[at + sizeof secrets - 1] - '0');
    Object *object = &cluster->objects[i];
    cluster->patches += i != CANARY;
    if (!object->exists && i != CANARY)
        return 404;
    write_object(cluster, machine, i);
    if (!object->is_changed)
        return 200;
    object->is_changed = false;
    return 409;
}

static inline Str range_json(const Cluster *cluster, Str body, Arena *arena) {
    Value root;
    Str from, end = STR_EMPTY;
    StrBuf out = strbuf_new(arena);
    assert_true(json_parse_object(body, &root, arena));
    assert_true(base64_decode(value_text_at(root, STR("key")), &from, arena));
    assert_true(base64_decode(value_text_at(root, STR("range_end")), &end, arena));
    strbuf_add_cstr(&out, "{\"header\":{\"revision\":\"1\"},\"kvs\":[");
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cluster->objects); i++) {
        Str key = str_concat(PREFIX, name_of(i, arena), arena);
        bool is_in = end.len ? str_compare(key, from) >= 0 && str_compare(key, end) < 0
                             : str_equal(key, from);
        if (!is_in || !cluster->objects[i].exists)
            continue;
        Str value = str_concat(cluster->objects[i].key, STR("\x01text"), arena);
        strbuf_add_format(&out, "%s{\"key\":\"%.*s\",\"version\":\"1\",\"value\":\"%.*s\"}",
                          count++ ? "," : "", STR_ARG(base64_encode(key, arena)),
                          STR_ARG(base64_encode(value, arena)));
    }
    strbuf_add_format(&out, "],\"count\":\"%zu\"}", count);
    return strbuf_str(&out);
}

static inline Str metrics_text(Cluster *cluster, Machine *machine, Arena *arena) {
    if (!machine->is_stuck)
        load_file(machine, seconds(cluster));
    return str_format(arena,
                      "# HELP x\nprocess_start_time_seconds 1\n"
                      "apiserver_encryption_config_controller_automatic_reload_last_timestamp_"
                      "seconds{apiserver_id_hash=\"a\",status=\"success\"} %.6f\n",
                      machine->reloaded);
}

static inline Str respond(Cluster *cluster, size_t i, const HttpRequest *request, Str path,
                          int *code, Arena *arena) {
    bool is_patch = str_equal(request->method, STR("PATCH"));
    if (str_starts_with(path, STR("/readyz")))
        return STR("ok");
    if (str_starts_with(path, STR("/version")))
        return STR("{\"gitVersion\":\"v1.34.4\"}");
    if (str_starts_with(path, STR("/metrics")))
        return metrics_text(cluster, &cluster->machines[i], arena);
    if (str_starts_with(path, STR("/v3/kv/range")))
        return range_json(cluster, request->body, arena);
    if (has(path, "/secrets/") && is_patch)
        *code = patch(cluster, i, path);
    if (has(path, "/secrets/loam-encryption") && str_equal(request->method, STR("DELETE")))
        cluster->objects[CANARY].exists = false;
    if (has(path, "/secrets/"))
        return STR("{\"kind\":\"Secret\"}");
    if (has(path, "/secrets"))
        return list_json(cluster, path, arena);
    if (has(path, "configmaps"))
        return str_format(arena, "{\"data\":{\"ClusterConfiguration\":%.*s}}",
                          STR_ARG(json_text(value_from_str(cluster->live), arena)));
    if (str_starts_with(path, STR("/api/v1/nodes/")))
        return node_json(path, arena);
    if (str_starts_with(path, STR("/api/v1/nodes")))
        return nodes_json(cluster->members, arena);
    if (str_starts_with(path, STR("/v3/cluster/member/list")))
        return members_json(arena);
    if (str_starts_with(path, STR("/v3/maintenance/status")))
        return STR("{\"version\":\"3.6.11\",\"leader\":\"1\",\"header\":{\"member_id\":\"1\","
                   "\"revision\":\"5000\"}}");
    if (str_starts_with(path, STR("/v3/maintenance/alarm")))
        return STR("{}");
    return STR("{\"health\":\"true\"}");
}

static inline HttpStatus cluster_attempt(void *self, const HttpRequest *request,
                                         const HttpSink *sink, HttpResponse *response, Str *,
                                         Arena *arena) {
    Cluster *cluster = self;
    size_t port = str_find(request->url, STR("127.0.0.1:"), 0) + sizeof "127.0.0.1:" - 1;
    size_t i = (size_t)(request->url.ptr[port + 4] - '1');
    Str path = str_after(request->url, str_find_char(request->url, '/', sizeof "https://"));
    assert_true(i < MEMBERS);
    if (cluster->is_dead)
        return HTTP_NO_CONNECTION;
    response->code = 200;
    Str text = respond(cluster, i, request, path, &response->code, arena);
    write_as_client(cluster);
    return sink->write(sink->payload, text) == 0 ? HTTP_DONE : HTTP_NOT_KEPT;
}

static inline void find_objects(void *payload, const char *type, FoundObjects *out) {
    const Cluster *cluster = payload;
    if (strcmp(type, "kubeadm_join") == 0)
        *out = cluster->joins;
    if (strcmp(type, "kubeadm_etcd_snapshot") == 0)
        *out = cluster->snapshots;
}

static inline bool keep_state(void *payload, Value state, Diags *diags) {
    Cluster *cluster = payload;
    cluster->state = state;
    if (cluster->keeps++ != cluster->fatal_keep)
        return true;
    diags_error(diags, NO_RANGE, "Dead", "Dead.");
    return false;
}

/* Time passes in sleeps alone. */
static inline int64_t cluster_now(void *self) {
    const Cluster *cluster = self;
    return cluster->time_ms;
}

static inline bool cluster_sleep(void *self, int64_t ms, const CancelToken *) {
    Cluster *cluster = self;
    cluster->time_ms += ms;
    return false;
}

static inline Str pki_json(Arena *arena) {
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

static inline Value node_object(Cluster *cluster, const ResourceType *type, size_t i, Str pki,
                                const char *more) {
    ResourceCase *c = &cluster->c;
    c->type = type;
    c->schema = &type->schema;
    c->call.type = &type->type;
    Str text = str_format(c->arena,
                          "{" LINK ",\"host\":\"10.0.0.%zu\",\"node_name\":\"cp%zu\",\"id\":"
                          "\"i%zu\",\"endpoint\":\"10.0.0.1:6443\",\"kubernetes_version\":\"1.34."
                          "4\",\"pki\":%.*s%s}",
                          i + 1, i + 1, i, STR_ARG(pki), more);
    return case_config(c, str_to_cstr(text, c->arena));
}

static inline void open_cluster(Cluster *cluster) {
    *cluster = (Cluster){.c = case_open(&kubeadm_join),
                         .live = STR(CONFIG),
                         .time_ms = INT64_C(2000000000000),
                         .has_clients = true,
                         .members = MEMBERS,
                         .death = SIZE_MAX,
                         .fatal_keep = SIZE_MAX};
    ResourceCase *c = &cluster->c;
    cluster->ssh = (Ssh){.self = cluster,
                         .connect = cluster_connect,
                         .exec = cluster_exec,
                         .tunnel = cluster_tunnel,
                         .is_alive = cluster_is_alive,
                         .close = cluster_close_session};
    cluster->http = (Http){.self = cluster, .attempt = cluster_attempt};
    cluster->clock = (Clock){cluster, cluster_now, cluster_now, cluster_sleep};
    c->io.ssh = &cluster->ssh;
    c->io.http = &cluster->http;
    c->io.clock = &cluster->clock;
    c->call.progress_payload = cluster;
    c->call.find_objects = find_objects;
    c->call.keep_state = keep_state;
    for (size_t i = 0; i < OBJECTS; i++)
        cluster->objects[i].exists = true;
    ObjectBuilder config = object_builder_empty(&schema, c->arena);
    object_builder_set(&config, "plan_timeout", value_from_cstr("1s"));
    ConfigureRequest request = {.config = object_builder_value(&config), .run = c->arena};
    ConfigureResponse response = {0};
    assert_true(ssh_client_configure(case_call(c), &request, &response, &c->diags));
    c->call.client = response.client;
    Str pki = pki_json(c->arena);
    for (size_t i = 1; i < MEMBERS; i++) {
        FoundObject join = {STR("kubeadm_join.x"),
                            node_object(cluster, &kubeadm_join, i, pki, ",\"control_plane\":true")};
        vec_push(c->arena, &cluster->joins, join);
    }
    cluster->state = node_object(cluster, &kubeadm_init, 0, pki, ",\"is_member\":true");
}

static inline void close_cluster(Cluster *cluster) {
    ssh_client_close(cluster->c.call.client);
    case_close(&cluster->c);
}
