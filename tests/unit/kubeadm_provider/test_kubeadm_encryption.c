/* kubeadm_encryption: plans, and whole changes in a cluster in memory, whose API servers encrypt by
 * the file on their machine. After each request each API server must be able to read each object.
 * The run dies after each command and each phase. lab/encryption has real clusters. */
#include "base64.h"
#include "encryption_file.h"
#include "json.h"
#include "kubeadm_encryption.h"
#include "kubeadm_member.h"
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
    size_t members; /* without those that have not joined */
    size_t patches;
    bool has_clients;
    size_t turns;
} Cluster;

static bool has(Str text, const char *part) {
    return str_find(text, str_from_cstr(part), 0) != SIZE_MAX;
}

/* API servers. */

static Value providers_in(Str file, Arena *arena) {
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

static Str prefix_of(Value provider, Arena *arena) {
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
static StrVec known_prefixes(const Machine *machine, Arena *arena) {
    StrVec out = {0};
    Value providers = providers_in(machine->loaded, arena);
    for (size_t i = 0; value_is_present(providers) && i < providers.count; i++)
        vec_push(arena, &out, prefix_of(value_at(providers, i), arena));
    if (!out.count)
        vec_push(arena, &out, STR_EMPTY);
    return out;
}

static void check_readable(const Cluster *cluster) {
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

static void write_object(Cluster *cluster, size_t machine, size_t i) {
    StrVec known = known_prefixes(&cluster->machines[machine], cluster->c.arena);
    cluster->objects[i].key = known.items[0];
    cluster->objects[i].exists = true;
}

/* After each request, a client changes an object through one of the API servers. */
static void write_as_client(Cluster *cluster) {
    size_t turn = cluster->turns++, i = turn / cluster->members % OBJECTS;
    if (cluster->has_clients && cluster->objects[i].exists)
        write_object(cluster, turn % cluster->members, i);
    check_readable(cluster);
}

static void load_file(Machine *machine, double time) {
    if (str_equal(machine->file, machine->loaded))
        return;
    machine->loaded = machine->file;
    machine->reloaded = time;
}

static double seconds(const Cluster *cluster) {
    return (double)cluster->time_ms / 1000;
}

/* Machines. */

static SshStatus cluster_connect(void *, const SshTarget *target, SshSession *, SshTimeout,
                                 SshSession **out, SshProblem *, Arena *) {
    *out = (SshSession *)(uintptr_t)(target->host.ptr[target->host.len - 1] - '0');
    return SSH_DONE;
}

/* A step of control_plane_step: files, then the configuration. */
static Str run_step(Cluster *cluster, size_t i, Str input, Arena *arena) {
    Machine *machine = &cluster->machines[i];
    static const char line[] = ENCRYPTION_FILE_KEY " 0600 ";
    size_t at = str_find(input, str_from_cstr(line), 0);
    Str content = STR_EMPTY;
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

static Str place(Cluster *cluster, size_t i, Str content, Arena *arena) {
    Machine *machine = &cluster->machines[i];
    if (!str_equal(content, machine->file)) {
        machine->file = str_clone(content, cluster->c.arena);
        machine->changed = seconds(cluster);
    }
    return str_format(arena, "%.6f\n", machine->changed);
}

static Str answer(Cluster *cluster, size_t i, const SshCommand *command, Arena *arena) {
    bool is_step = has(command->command, "-change'");
    if (is_step && command->input.len)
        return run_step(cluster, i, command->input, arena);
    if (is_step)
        return str_format(arena, "loam-step i%zu-change absent 0 0 0\n", i);
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

static SshStatus cluster_exec(void *self, SshSession *session, const SshCommand *command,
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

static SshStatus cluster_tunnel(void *self, SshSession *, Str host, uint16_t port, uint16_t *out,
                                SshProblem *, Arena *) {
    const Cluster *cluster = self;
    *out = (uint16_t)((port == 2379 ? 20000 : 10000) + (host.ptr[host.len - 1] - '0'));
    return cluster->is_dead ? SSH_LOGIN_REFUSED : SSH_DONE;
}

static bool cluster_is_alive(void *, SshSession *) {
    return true;
}

static void cluster_close_session(void *, SshSession *) {
}

/* Requests. */

static Str name_of(size_t i, Arena *arena) {
    return i == CANARY ? STR("kube-system/loam-encryption") : str_format(arena, "default/s%zu", i);
}

static Str nodes_json(size_t members, Arena *arena) {
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

static Str node_json(Str path, Arena *arena) {
    Value root;
    size_t i = (size_t)(path.ptr[sizeof "/api/v1/nodes/cp" - 1] - '1');
    assert_true(json_parse_object(nodes_json(MEMBERS, arena), &root, arena));
    return json_text(value_at(value_tuple_at(root, STR("items")), i), arena);
}

static Str members_json(Arena *arena) {
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
static Str list_json(Cluster *cluster, Str path, Arena *arena) {
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

static int patch(Cluster *cluster, size_t machine, Str path) {
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

static Str range_json(const Cluster *cluster, Str body, Arena *arena) {
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

static Str metrics_text(Cluster *cluster, Machine *machine, Arena *arena) {
    if (!machine->is_stuck)
        load_file(machine, seconds(cluster));
    return str_format(arena,
                      "# HELP x\nprocess_start_time_seconds 1\n"
                      "apiserver_encryption_config_controller_automatic_reload_last_timestamp_"
                      "seconds{apiserver_id_hash=\"a\",status=\"success\"} %.6f\n",
                      machine->reloaded);
}

static Str respond(Cluster *cluster, size_t i, const HttpRequest *request, Str path, int *code,
                   Arena *arena) {
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
        return STR("{\"version\":\"3.6.11\"}");
    return STR("{\"health\":\"true\"}");
}

static HttpStatus cluster_attempt(void *self, const HttpRequest *request, const HttpSink *sink,
                                  HttpResponse *response, Str *, Arena *arena) {
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

static void find_objects(void *payload, const char *type, FoundObjects *out) {
    const Cluster *cluster = payload;
    if (strcmp(type, "kubeadm_join") == 0)
        *out = cluster->joins;
}

static bool keep_state(void *payload, Value state, Diags *diags) {
    Cluster *cluster = payload;
    cluster->state = state;
    if (cluster->keeps++ != cluster->fatal_keep)
        return true;
    diags_error(diags, NO_RANGE, "Dead", "Dead.");
    return false;
}

/* Time passes in sleeps alone. */
static int64_t cluster_now(void *self) {
    const Cluster *cluster = self;
    return cluster->time_ms;
}

static bool cluster_sleep(void *self, int64_t ms, const CancelToken *) {
    Cluster *cluster = self;
    cluster->time_ms += ms;
    return false;
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

static Value node_object(Cluster *cluster, const ResourceType *type, size_t i, Str pki,
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

static void open_cluster(Cluster *cluster) {
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

static void close_cluster(Cluster *cluster) {
    ssh_client_close(cluster->c.call.client);
    case_close(&cluster->c);
}

#define WISH(provider, version)                                                                    \
    "{\"provider\":\"" provider "\",\"resources\":[\"secrets\"],\"key_version\":" #version         \
    ",\"retain_keys\":1}"

/* The stored object with another argument; empty: null. */
static Value wanted(Cluster *cluster, const char *argument) {
    ResourceCase *c = &cluster->c;
    const Type *type = object_attribute_type(cluster->state.type, "encryption_at_rest");
    Value value = value_null(type);
    if (*argument) {
        Str text = str_format(c->arena, "{\"encryption_at_rest\":%s}", argument);
        value = object_attribute(case_config(c, str_to_cstr(text, c->arena)), "encryption_at_rest");
    }
    return object_with(cluster->state, "encryption_at_rest", value, c->arena);
}

static KubeadmNode open_node(Cluster *cluster, Value object, SshLink *link) {
    ResourceCase *c = &cluster->c;
    KubeadmNode node;
    c->diags = diags_new(c->arena);
    assert_true(kubeadm_node_open(case_call(c), object, STR("i0"), link, &node, &c->diags));
    node.is_control_plane = true;
    return node;
}

static bool run(Cluster *cluster, const char *argument) {
    SCOPED(SshLink) link = {0};
    ResourceCase *c = &cluster->c;
    Value object = wanted(cluster, argument), state = cluster->state;
    KubeadmNode node = open_node(cluster, object, &link);
    bool is_good = kubeadm_encryption_update(&node, &state, &c->diags);
    cluster->state = object_with(state, "encryption_at_rest",
                                 object_attribute(object, "encryption_at_rest"), c->arena);
    return is_good;
}

static void must_run(Cluster *cluster, const char *argument) {
    if (!run(cluster, argument))
        fail_msg("%s: %.*s", argument, STR_ARG(cluster->c.diags.items[0].detail));
}

static EtcdEncryption stored(const Cluster *cluster) {
    return etcd_encryption_read(object_attribute(cluster->state, "encryption_state"),
                                cluster->c.arena);
}

/* All objects have this provider, by the current key; empty: none. */
static void check_objects(const Cluster *cluster, const char *provider) {
    EtcdEncryption now = stored(cluster);
    const EncryptionKey *key = etcd_encryption_find(&now, now.current);
    assert_false(now.is_changing);
    check_str(key ? key->provider : STR_EMPTY, provider);
    Str prefix = key ? encryption_file_prefix(key, cluster->c.arena) : STR_EMPTY;
    for (size_t i = 0; i < OBJECTS; i++) {
        if (cluster->objects[i].exists)
            assert_true(str_equal(cluster->objects[i].key, prefix));
    }
    assert_false(cluster->objects[CANARY].exists);
    for (size_t i = 0; i < cluster->members; i++) {
        StrVec known = known_prefixes(&cluster->machines[i], cluster->c.arena);
        assert_int_equal(known.count, 1);
        assert_true(str_equal(known.items[0], prefix));
        assert_int_equal(cluster->machines[i].file.len > 0, key != NULL);
    }
    assert_int_equal(has(cluster->live, ENCRYPTION_FILE_FLAG), key != NULL);
    check_str(cluster->former, "");
}

/* On, rotation, another provider, off. The first and the last restart the API servers. */
static void test_life(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    must_run(&cluster, WISH("secretbox", 1));
    check_objects(&cluster, "secretbox");
    assert_int_equal(cluster.patches, OBJECTS);
    assert_int_equal(cluster.machines[1].restarts, 1);
    Str first = stored(&cluster).current;
    must_run(&cluster, WISH("secretbox", 2));
    check_objects(&cluster, "secretbox");
    assert_false(str_equal(stored(&cluster).current, first));
    assert_int_equal(stored(&cluster).keys.count, 2);
    must_run(&cluster, WISH("aesgcm", 2));
    check_objects(&cluster, "aesgcm");
    /* retain_keys is 1 */
    assert_int_equal(stored(&cluster).keys.count, 2);
    EtcdEncryption now = stored(&cluster);
    assert_null(etcd_encryption_find(&now, first));
    assert_int_equal(cluster.machines[0].restarts, 1);
    assert_int_equal(cluster.machines[1].restarts, 1);
    size_t commands = cluster.commands;
    must_run(&cluster, WISH("aesgcm", 2));
    assert_int_equal(cluster.commands, commands);
    must_run(&cluster, "");
    check_objects(&cluster, "");
    assert_int_equal(cluster.machines[1].restarts, 2);
    assert_int_equal(stored(&cluster).keys.count, 2);
    close_cluster(&cluster);
}

/* The plugin's socket needs a volume, so the API servers restart for it. */
static void test_kms(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    must_run(&cluster, WISH("secretbox", 1));
    must_run(&cluster, "{\"provider\":\"kms\",\"resources\":[\"secrets\"],\"key_version\":1,"
                       "\"retain_keys\":1,\"socket\":\"unix:///run/kms/kms.sock\"}");
    check_objects(&cluster, "kms");
    assert_true(has(cluster.live, "hostPath: \"/run/kms\""));
    assert_int_equal(cluster.machines[0].restarts, 2);
    must_run(&cluster, WISH("secretbox", 2));
    check_objects(&cluster, "secretbox");
    assert_false(has(cluster.live, "/run/kms"));
    close_cluster(&cluster);
}

/* An API server that does not load the file restarts; others do not. */
static void test_stuck(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    must_run(&cluster, WISH("secretbox", 1));
    cluster.machines[1].is_stuck = true;
    must_run(&cluster, WISH("secretbox", 2));
    check_objects(&cluster, "secretbox");
    assert_int_equal(cluster.machines[0].restarts, 1);
    assert_int_equal(cluster.machines[1].restarts, 4);
    close_cluster(&cluster);
}

/* Another client changes an object, and one is deleted. */
static void test_others(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    must_run(&cluster, WISH("secretbox", 1));
    cluster.objects[2].is_changed = true;
    cluster.objects[5].exists = false;
    must_run(&cluster, WISH("secretbox", 2));
    check_objects(&cluster, "secretbox");
    close_cluster(&cluster);
}

/* Objects with a key that loam has not made. */
static void test_unknown_key(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    Str file = STR("{\"resources\":[{\"resources\":[\"secrets\"],\"providers\":[{\"aescbc\":"
                   "{\"keys\":[{\"name\":\"other\"}]}}]}]}");
    for (size_t i = 0; i < MEMBERS; i++)
        cluster.machines[i].loaded = file; /* from another place */
    for (size_t i = 0; i < OBJECTS; i++)
        write_object(&cluster, 0, i);
    assert_false(run(&cluster, WISH("secretbox", 1)));
    check_str(cluster.c.diags.items[0].summary, "Objects are encrypted already");
    assert_true(str_equal(cluster.machines[0].loaded, file));
    close_cluster(&cluster);
}

typedef struct Step {
    const char *argument;
    const char *provider;
} Step;

static const Step steps[] = {
    {WISH("secretbox", 1), "secretbox"},
    {WISH("aescbc", 2), "aescbc"},
    {"", ""},
};

/* The run dies at each command, before or after its effect; the next apply ends whole. With
 * `gives_up`, the user wants something else then. */
static bool try_death(const Step *step, size_t death, int kind, bool gives_up) {
    Cluster cluster;
    open_cluster(&cluster);
    for (const Step *one = steps; one < step; one++)
        must_run(&cluster, one->argument);
    cluster.death = kind < 2 ? cluster.commands + death : SIZE_MAX;
    cluster.dies_after = kind & 1;
    cluster.fatal_keep = kind == 2 ? cluster.keeps + death : SIZE_MAX;
    bool ends = run(&cluster, step->argument) && !cluster.is_dead;
    cluster.death = cluster.fatal_keep = SIZE_MAX;
    cluster.is_dead = false;
    if (!ends) {
        int64_t phase = stored(&cluster).phase;
        const Step *last = gives_up ? &(const Step){WISH("aesgcm", 9), "aesgcm"} : step;
        must_run(&cluster, last->argument);
        check_objects(&cluster, last->provider);
        assert_true(phase < ETCD_ENCRYPTION_PHASES);
    }
    close_cluster(&cluster);
    return ends;
}

static void test_deaths(void **) {
    size_t deaths = 0;
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
        for (int kind = 0; kind < 3; kind++) {
            /* After the effect of a command is before the next one. */
            size_t start = kind == 1, step = kind == 2 ? 1 : 2;
            for (size_t death = start; !try_death(&steps[i], death, kind, death % 3 == 2);
                 death += step)
                deaths++;
        }
    }
    assert_true(deaths > 60);
}

/* A killed run repeats no page of the rewriting that has ended. */
static void test_resume(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    cluster.fatal_keep = 4; /* begin, two phases, and the second page */
    assert_false(run(&cluster, WISH("secretbox", 1)));
    EtcdEncryption now = stored(&cluster);
    assert_int_equal(now.phase, 2);
    assert_int_equal(now.written, 2 * PAGE);
    assert_int_equal(cluster.patches, 2 * PAGE);
    cluster.fatal_keep = SIZE_MAX;
    must_run(&cluster, WISH("secretbox", 1));
    assert_int_equal(cluster.patches, OBJECTS);
    check_objects(&cluster, "secretbox");
    close_cluster(&cluster);
}

/* The state of a run that died is lost, with its key: the machine has it. */
static void test_lost_state(void **) {
    for (size_t keep = 0; keep < 9; keep++) {
        Cluster cluster;
        open_cluster(&cluster);
        must_run(&cluster, WISH("secretbox", 1));
        Value before = cluster.state;
        cluster.fatal_keep = cluster.keeps + keep;
        assert_false(run(&cluster, WISH("secretbox", 2)));
        cluster.fatal_keep = SIZE_MAX;
        cluster.state = before;
        must_run(&cluster, WISH("secretbox", 3));
        check_objects(&cluster, "secretbox");
        assert_int_equal(stored(&cluster).keys.items[0].version, 3);
        close_cluster(&cluster);
    }
}

/* Restores and creations. */

static void test_create(void **) {
    for (int is_made = 0; is_made < 2; is_made++) {
        Cluster cluster;
        SshLink link = {0};
        open_cluster(&cluster);
        ResourceCase *c = &cluster.c;
        EtcdEncryption earlier = {0};
        EncryptionWish wish = {.is_on = true, .provider = STR("aesgcm"), .version = 3};
        vec_push(c->arena, &wish.resources, STR("secrets"));
        etcd_encryption_create(&earlier, &wish, c->arena);
        if (is_made)
            cluster.machines[0].file = encryption_file_content(&earlier, c->arena);
        cluster.machines[0].loaded = cluster.machines[0].file;
        for (size_t i = 0; i < OBJECTS; i++)
            cluster.objects[i].exists = false;
        KubeadmNode node = open_node(&cluster, wanted(&cluster, WISH("aesgcm", 3)), &link);
        assert_true(kubeadm_encryption_create(&node, is_made, &c->diags));
        cluster.state = node.object;
        EtcdEncryption now = stored(&cluster);
        assert_int_equal(now.keys.count, 1);
        assert_int_equal(str_equal(now.current, earlier.current), is_made);
        assert_int_equal(str_equal(now.keys.items[0].secret, earlier.keys.items[0].secret),
                         is_made);
        assert_int_equal(now.keys.items[0].version, 3);
        Value made = kubeadm_encryption_object(node.object, c->arena);
        Value files = object_attribute(made, "files");
        assert_int_equal(files.count, 1);
        check_str(value_key_at(files, 0), ENCRYPTION_FILE_KEY);
        ssh_client_release(&link);
        close_cluster(&cluster);
    }
}

/* A run that dies after kubeadm has made the cluster: its key is on the machine. */
static void test_recover(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    ResourceCase *c = &cluster.c;
    Value state = wanted(&cluster, WISH("aesgcm", 3));
    assert_true(kubeadm_encryption_recover(case_call(c), STR("i0"), &state, &c->diags));
    assert_true(value_is_null(object_attribute(state, "encryption_state")));
    cluster.machines[0].file = STR("{\"resources\":[]}");
    assert_false(kubeadm_encryption_recover(case_call(c), STR("i0"), &state, &c->diags));
    check_str(c->diags.items[0].summary, "Keys of the cluster not readable");
    cluster.machines[0].file = STR_EMPTY;
    must_run(&cluster, WISH("aesgcm", 3));
    EtcdEncryption before = stored(&cluster);
    state = wanted(&cluster, WISH("aesgcm", 3));
    state =
        object_with(state, "encryption_state",
                    value_unknown(object_attribute_type(state.type, "encryption_state")), c->arena);
    assert_true(kubeadm_encryption_recover(case_call(c), STR("i0"), &state, &c->diags));
    cluster.state = state;
    check_str(stored(&cluster).keys.items[0].secret,
              str_to_cstr(before.keys.items[0].secret, c->arena));
    check_objects(&cluster, "aesgcm");
    close_cluster(&cluster);
}

/* The snapshot is older than the last rotation: its objects have the former key, or none. */
static void restore(bool is_single) {
    Cluster cluster;
    SshLink link = {0};
    open_cluster(&cluster);
    ResourceCase *c = &cluster.c;
    must_run(&cluster, WISH("secretbox", 1));
    Str former = cluster.objects[0].key;
    must_run(&cluster, WISH("secretbox", 2));
    KubeadmNode node = open_node(&cluster, wanted(&cluster, WISH("secretbox", 2)), &link);
    assert_true(kubeadm_encryption_restore(&node, &cluster.state, &c->diags));
    ssh_client_release(&link);
    EtcdEncryption now = stored(&cluster);
    for (size_t i = 0; i < MEMBERS; i++) {
        cluster.machines[i].file = encryption_file_content(&now, c->arena);
        cluster.machines[i].loaded = cluster.machines[i].file;
    }
    for (size_t i = 0; i < OBJECTS; i++)
        cluster.objects[i].key = i % 2 ? former : STR_EMPTY;
    check_readable(&cluster);
    /* The other control plane, which the state has, must join first. */
    node = open_node(&cluster, wanted(&cluster, WISH("secretbox", 2)), &link);
    assert_true(kubeadm_encryption_finish_restore(&node, &cluster.state, &c->diags));
    assert_int_equal(stored(&cluster).phase, 2);
    cluster.joins.count -= is_single;
    cluster.members -= (size_t)is_single;
    assert_true(kubeadm_encryption_finish_restore(&node, &cluster.state, &c->diags));
    assert_int_equal(stored(&cluster).is_changing, !is_single);
    ssh_client_release(&link);
    must_run(&cluster, WISH("secretbox", 2));
    check_objects(&cluster, "secretbox");
    close_cluster(&cluster);
}

static void test_restore(void **) {
    restore(false);
    restore(true);
}

/* A control plane that joins later gets the file. */
static void test_join(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    ResourceCase *c = &cluster.c;
    must_run(&cluster, WISH("secretbox", 1));
    Value object = kubeadm_encryption_object(cluster.state, c->arena);
    Value file = value_at(object_attribute(object, "files"), 0);
    check_str(object_text(file, "content", STR_EMPTY),
              str_to_cstr(cluster.machines[1].file, c->arena));
    close_cluster(&cluster);
}

/* Plans. */

static bool plan(Cluster *cluster, const char *argument, bool joins, PlanResponse *response,
                 Value *state) {
    ResourceCase *c = &cluster->c;
    PlanRequest request = {.prior = cluster->state, .proposed = wanted(cluster, argument)};
    ObjectBuilder planned = object_builder_of(request.proposed, c->arena);
    c->diags = diags_new(c->arena);
    c->call.is_planning = true;
    *response = (PlanResponse){0};
    bool is_good =
        kubeadm_encryption_plan(case_call(c), &request, joins, &planned, response, &c->diags);
    c->call.is_planning = false;
    *state = object_attribute(object_builder_value(&planned), "encryption_state");
    return is_good;
}

static Str notes_of(const PlanResponse *response, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    vec_each(&response->notes, note)
        strbuf_add_format(&out, "%.*s\n", STR_ARG(note->text));
    return strbuf_str(&out);
}

static void check_notes(Cluster *cluster, const char *argument, const char *notes) {
    PlanResponse response;
    Value state;
    if (!plan(cluster, argument, false, &response, &state))
        fail_msg("%.*s", STR_ARG(cluster->c.diags.items[0].detail));
    check_str(notes_of(&response, cluster->c.arena), notes);
    assert_int_equal(value_is_known(state), !*notes);
}

static void test_notes(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    check_notes(&cluster, "", "");
    check_notes(&cluster, WISH("secretbox", 1),
                "encryption in etcd on cp1, cp2: none -> secretbox version 1, of secrets\n"
                "5 phases: API servers read the new key, they write with it, 7 objects are "
                "rewritten, etcd is checked, API servers drop the former key\n"
                "restarts kube-apiserver on cp1, cp2, one at a time\n");
    must_run(&cluster, WISH("secretbox", 1));
    check_notes(&cluster, WISH("secretbox", 1), "");
    check_notes(&cluster, WISH("aesgcm", 2),
                "encryption in etcd on cp1, cp2: secretbox version 1 -> aesgcm version 2, of "
                "secrets\n"
                "5 phases: API servers read the new key, they write with it, 7 objects are "
                "rewritten, etcd is checked, API servers drop the former key\n");
    cluster.is_dead = true;
    check_notes(&cluster, "",
                "encryption in etcd on cp1, cp2: secretbox version 1 -> none, of secrets\n"
                "5 phases: API servers read the new key, they write with it, all objects are "
                "rewritten, etcd is checked, API servers drop the former key\n"
                "restarts kube-apiserver on cp1, cp2, one at a time\n");
    cluster.is_dead = false;
    cluster.fatal_keep = cluster.keeps + 2;
    assert_false(run(&cluster, WISH("aesgcm", 2)));
    check_notes(&cluster, WISH("aesgcm", 2),
                "continues a change of the encryption after phase 2 of 5\n"
                "5 phases: API servers read the new key, they write with it, 7 objects are "
                "rewritten, etcd is checked, API servers drop the former key\n");
    close_cluster(&cluster);
}

static void refuse_plan(Cluster *cluster, const char *argument, bool joins, const char *summary) {
    PlanResponse response;
    Value state;
    assert_false(plan(cluster, argument, joins, &response, &state));
    check_str(cluster->c.diags.items[0].summary, summary);
}

static void test_refused(void **) {
    Cluster cluster;
    PlanResponse response;
    Value state;
    open_cluster(&cluster);
    refuse_plan(&cluster, WISH("secretbox", 1), true, "Two changes of a cluster at once");
    cluster.c.call.stores_plain_state = true;
    refuse_plan(&cluster, WISH("secretbox", 1), false, "State not encrypted");
    cluster.c.call.stores_plain_state = false;
    must_run(&cluster, "{\"provider\":\"kms\",\"resources\":[\"secrets\"],\"key_version\":1,"
                       "\"socket\":\"unix:///run/kms/kms.sock\"}");
    refuse_plan(&cluster,
                "{\"provider\":\"kms\",\"resources\":[\"secrets\",\"configmaps\"],"
                "\"key_version\":1,\"socket\":\"unix:///run/kms/kms.sock\"}",
                false, "Resources not changed");
    /* An unfinished change waits for the machine. */
    cluster.fatal_keep = cluster.keeps + 1;
    assert_false(run(&cluster, WISH("aesgcm", 2)));
    assert_true(plan(&cluster, WISH("aesgcm", 2), true, &response, &state));
    assert_true(value_identical(state, object_attribute(cluster.state, "encryption_state")));
    close_cluster(&cluster);
}

static void test_validate(void **) {
    static const struct {
        const char *more;
        const char *summary; /* NULL: valid */
    } rows[] = {
        {"\"encryption_at_rest\":" WISH("secretbox", 1), NULL},
        {"\"encryption_at_rest\":{\"provider\":\"kms\"}", "Encryption not valid"},
        {"\"encryption_at_rest\":{\"provider\":\"aescbc\",\"socket\":\"unix:///a/b\"}",
         "Encryption not valid"},
        {"\"encryption_at_rest\":{\"provider\":\"aescbc\",\"resources\":[]}",
         "Encryption not valid"},
        {"\"encryption_at_rest\":{\"provider\":\"aescbc\",\"resources\":[\"pods\"]}",
         "Encryption not valid"},
        {"\"encryption_at_rest\":{\"provider\":\"aescbc\",\"resources\":[\"secrets\",\"secrets\"]}",
         "Encryption not valid"},
        {"\"encryption_at_rest\":" WISH("secretbox",
                                        1) ",\"cluster\":{\"api_server\":{\"extra_args\":[{"
                                           "\"name\":\"encryption-provider-config\","
                                           "\"value\":\"/x\"}]}}",
         "Two ways of encryption"},
        {"\"encryption_at_rest\":" WISH("secretbox",
                                        1) ",\"files\":{\"encryption/x\":{\"content\":\"\"}}",
         "Path of a file not valid"},
        {"\"encryption_at_rest\":" WISH(
             "secretbox",
             1) ",\"cluster\":{\"etcd\":{\"external\":{\"endpoints\":[\"https://x\"]}}}",
         "Encryption not possible"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        open_cluster(&cluster);
        ResourceCase *c = &cluster.c;
        Value config =
            case_config(c, str_to_cstr(str_format(c->arena, "{%s}", rows[i].more), c->arena));
        c->diags = diags_new(c->arena);
        bool is_good = kubeadm_encryption_validate(case_call(c), config, &c->diags);
        assert_int_equal(is_good, !rows[i].summary);
        if (rows[i].summary)
            check_str(c->diags.items[0].summary, rows[i].summary);
        close_cluster(&cluster);
    }
}

UNIT_MAIN(test_kubeadm_encryption) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),        cmocka_unit_test(test_kms),
        cmocka_unit_test(test_stuck),       cmocka_unit_test(test_others),
        cmocka_unit_test(test_unknown_key), cmocka_unit_test(test_deaths),
        cmocka_unit_test(test_lost_state),  cmocka_unit_test(test_resume),
        cmocka_unit_test(test_create),      cmocka_unit_test(test_recover),
        cmocka_unit_test(test_restore),     cmocka_unit_test(test_join),
        cmocka_unit_test(test_notes),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_validate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
