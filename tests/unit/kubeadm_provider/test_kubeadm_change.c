/* kubeadm_change: notes and errors of a plan, and changes of a cluster in memory, with a death at
 * each of their commands. lab/config_change has real ones. */
#include "base64.h"
#include "json.h"
#include "kube_object.h"
#include "kubeadm_change.h"
#include "kubeadm_member.h"
#include "kubeadm_provider.h"
#include "kubeadm_refresh.h"
#include "object_builder.h"
#include "pki.h"
#include "resource_case.h"
#include "ssh_client.h"

#define LINK    "\"user\":\"u\",\"password\":\"p\",\"host_key\":\"k\",\"timeout\":\"10ms\""
#define MEMBERS 3
#define NODES   (MEMBERS + 1) /* the last one is a worker, if a test adds it */
#define FORMER                                                                                     \
    "apiServer:\n  extraArgs:\n  - name: \"profiling\"\n    value: \"old\"\n  - name: \"v\"\n"     \
    "    value: \"2\"\napiVersion: \"kubeadm.k8s.io/v1beta4\"\ncertificatesDir: "                  \
    "\"/etc/kubernetes/pki\"\nkind: \"ClusterConfiguration\"\nnetworking:\n  podSubnet: "          \
    "\"10.244.0.0/16\"\n"

#define KUBELET(pods)                                                                              \
    "{\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",\"clusterDomain\":\"cluster.local\","       \
    "\"kind\":\"KubeletConfiguration\",\"maxPods\":" pods "}"

static const Attribute attributes[] = {SSH_CLIENT_PROVIDER_ATTRIBUTES};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

typedef struct Machine {
    Str value;   /* of the flag of its API server */
    Str kubelet; /* its configuration */
    bool is_cordoned;
    bool is_down;
    size_t steps;
} Machine;

typedef struct Cluster {
    ResourceCase c;
    Ssh ssh;
    Http http;
    Machine machines[NODES];
    Str live;    /* ConfigMap */
    Str kubelet; /* ConfigMap; empty: none */
    Str former;  /* kept on the first machine; empty: no change */
    const char *version;
    int bad_status; /* of a step with the value "bad" */
    size_t commands;
    size_t death;    /* command that is lost; SIZE_MAX: none */
    bool dies_after; /* the lost command has run */
    bool is_dead;
    FoundObjects joins;
    FoundObjects inits;
    StrBuf log; /* steps: "cp1=new " */
    Str input;  /* of the last step, unless it was that of etcd */
    Str etcd_input;
    Str proxy;      /* ConfigMap of kube-proxy; empty: none */
    Str annotation; /* of its pods */
    char leader;    /* of etcd */
    bool has_alarm;
    int lag; /* of the revision of the last member */
} Cluster;

static bool has(Str text, const char *part) {
    return str_find(text, str_from_cstr(part), 0) != SIZE_MAX;
}

/* The session is that of the machine. */
static SshStatus cluster_connect(void *, const SshTarget *target, SshSession *, SshTimeout,
                                 SshSession **out, SshProblem *, Arena *) {
    *out = (SshSession *)(uintptr_t)(target->host.ptr[target->host.len - 1] - '0');
    return SSH_DONE;
}

/* Returns the value of the flag in the configuration. */
static Str value_in(Str text, Arena *arena) {
    static const char *const values[] = {"old", "new", "newer", "bad"};
    for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
        if (has(text, str_to_cstr(str_format(arena, "value: \"%s\"", values[i]), arena)))
            return str_from_cstr(values[i]);
    }
    return STR("none");
}

static Str run_step(Cluster *cluster, size_t i, Str input, Arena *arena) {
    Machine *machine = &cluster->machines[i];
    Str value = value_in(input, arena);
    bool is_etcd = has(input, "LOAM_PODS='etcd'");
    int status = 0;
    if (is_etcd)
        cluster->etcd_input = str_clone(input, arena);
    else
        cluster->input = str_clone(input, arena);
    if (is_etcd) {
        status = has(input, "value: \"bad\"") ? cluster->bad_status : 0;
        strbuf_add_format(&cluster->log, "etcd%zu%s ", i + 1, status ? " rolled back" : "");
    } else if (has(input, "LOAM_RESTORE='yes'")) {
        status = machine->is_down ? 20 : 0;
        machine->is_down = false;
        strbuf_add_format(&cluster->log, "cp%zu restored ", i + 1);
    } else if (str_equal(value, STR("bad"))) {
        status = cluster->bad_status;
        strbuf_add_format(&cluster->log, "cp%zu rolled back ", i + 1);
    } else {
        machine->value = value;
        machine->steps++;
        strbuf_add_format(&cluster->log, "cp%zu=%.*s ", i + 1, STR_ARG(value));
    }
    const char *err = "unknown flag";
    return str_format(arena, "loam-step i%zu-change exited %d 14 %zu\nkube-apiserver%s", i, status,
                      strlen(err), err);
}

/* A kubelet rejects 999 pods. It has the configuration of the cluster, without the patch. */
static Str run_kubelet_step(Cluster *cluster, size_t i, Str input, Arena *arena) {
    Machine *machine = &cluster->machines[i];
    int status = has(cluster->kubelet, "999") ? cluster->bad_status : 0;
    cluster->input = str_clone(input, arena);
    if (status == 0)
        machine->kubelet = cluster->kubelet;
    strbuf_add_format(&cluster->log, "kubelet%zu%s%s%s ", i + 1,
                      machine->is_cordoned ? " drained" : "",
                      has(input, "LOAM_RESET='yes'") ? " reset" : "", status ? " rolled back" : "");
    const char *err = status ? "not valid" : "";
    return str_format(arena, "loam-step i%zu-kubelet exited %d %zu %zu\n%.*s%s", i, status,
                      machine->kubelet.len, strlen(err), STR_ARG(machine->kubelet), err);
}

/* The mark of the first machine, which is a control plane. */
static Str role_facts(const Cluster *cluster, Arena *arena) {
    Str mark = str_format(arena, "{\"id\":\"i0\",\"lineage\":\"%.*s\",\"address\":\"%.*s\"}",
                          STR_ARG(cluster->c.call.lineage), STR_ARG(cluster->c.call.address));
    return str_format(arena,
                      "exists /etc/kubernetes/kubelet.conf\nexists /etc/kubernetes/manifests/"
                      "kube-apiserver.yaml\nkubelet_certificate /var/lib/kubelet/pki/a.pem\nmarker "
                      "%.*s\n",
                      STR_ARG(base64_encode(mark, arena)));
}

static Str answer(Cluster *cluster, size_t i, const SshCommand *command, Arena *arena) {
    bool is_step = has(command->command, "-change'");
    bool is_kubelet = has(command->command, "-kubelet'") && !has(command->command, "'upload-");
    if (is_kubelet && command->input.len)
        return run_kubelet_step(cluster, i, command->input, arena);
    if (is_kubelet)
        return str_format(arena, "loam-step i%zu-kubelet absent 0 0 0\n", i);
    if (is_step && command->input.len)
        return run_step(cluster, i, command->input, arena);
    if (is_step)
        return str_format(arena, "loam-step i%zu-change absent 0 0 0\n", i);
    if (has(command->command, "'begin'")) {
        if (!cluster->former.len)
            cluster->former = str_clone(command->input, arena);
        return cluster->former;
    }
    if (has(command->command, "'upload'"))
        cluster->live = str_after(str_clone(command->input, arena),
                                  str_find(command->input, STR("---\n"), 0) + 4);
    if (has(command->command, "'upload-kubelet'")) {
        Str text = str_clone(command->input, arena);
        size_t at = str_find(text, STR("---\n{"), 0);
        cluster->kubelet = str_trim(str_after(text, at + 4));
    }
    if (has(command->command, "'end'"))
        cluster->former = STR_EMPTY;
    if (command->input.len)
        cluster->input = str_clone(command->input, arena);
    return str_format(arena,
                      "facts 1\nuser 0\nos_id debian\nversion kubelet v1.34.4\nserver_version "
                      "%s\n%s%.*stime %lld\nend\n",
                      cluster->version, i == 0 && cluster->former.len ? "changing yes\n" : "",
                      STR_ARG(i == 0 ? role_facts(cluster, arena) : STR_EMPTY),
                      (long long)cluster->c.io.clock->now_ms(cluster->c.io.clock->self) / 1000);
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

/* The port is that of the machine. */
static SshStatus cluster_tunnel(void *self, SshSession *, Str host, uint16_t, uint16_t *out_port,
                                SshProblem *, Arena *) {
    (void)self;
    *out_port = (uint16_t)(10000 + (host.ptr[host.len - 1] - '0'));
    return SSH_DONE;
}

static bool cluster_is_alive(void *, SshSession *) {
    return true;
}

static void cluster_close_session(void *, SshSession *) {
}

static Str node_json(size_t i, Arena *arena) {
    return str_format(
        arena,
        "{\"metadata\":{\"name\":\"cp%zu\",\"resourceVersion\":\"1\",\"annotations\":{"
        "\"loam.internal/cordoned\":\"true\"}},\"status\":{"
        "\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"10.0.0.%zu\"}],"
        "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}],\"nodeInfo\":{"
        "\"kubeletVersion\":\"v1.34.4\"}}}",
        i + 1, i + 1);
}

static Str list_json(const char *name, Str (*item)(size_t i, Arena *arena), Arena *arena) {
    StrBuf out = strbuf_new(arena);
    strbuf_add_format(&out, "{\"metadata\":{\"resourceVersion\":\"1\"},\"%s\":[", name);
    for (size_t i = 0; i < MEMBERS; i++)
        strbuf_add_format(&out, "%s%.*s", i ? "," : "", STR_ARG(item(i, arena)));
    strbuf_add_cstr(&out, "]}");
    return strbuf_str(&out);
}

static Str member_json(size_t i, Arena *arena) {
    return str_format(arena,
                      "{\"ID\":\"%zu\",\"name\":\"cp%zu\",\"peerURLs\":[\"https://10.0.0.%zu:"
                      "2380\"],\"clientURLs\":[\"https://10.0.0.%zu:2379\"]}",
                      i + 1, i + 1, i + 1, i + 1);
}

static size_t node_of(Str path) {
    return (size_t)(path.ptr[sizeof "/api/v1/nodes/cp" - 1] - '1');
}

static Str respond(const Cluster *cluster, size_t i, Str path, Arena *arena) {
    if (str_starts_with(path, STR("/readyz")))
        return cluster->machines[i].is_down ? STR("no") : STR("ok");
    if (str_starts_with(path, STR("/version")))
        return STR("{\"gitVersion\":\"v1.34.4\"}");
    if (has(path, "/proxy/configz"))
        return str_format(arena, "{\"kubeletconfig\":%.*s}",
                          STR_ARG(cluster->machines[node_of(path)].kubelet));
    if (has(path, "configmaps/kubelet-config"))
        return str_format(arena, "{\"data\":{\"kubelet\":%.*s}}",
                          STR_ARG(json_text(value_from_str(cluster->kubelet), arena)));
    if (has(path, "configmaps/kube-proxy"))
        return str_format(arena, "{\"data\":{\"config.conf\":%.*s}}",
                          STR_ARG(json_text(value_from_str(cluster->proxy), arena)));
    if (has(path, "daemonsets/kube-proxy"))
        return str_format(arena,
                          "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"loam.internal/"
                          "configuration\":\"%.*s\"}}}},\"status\":{\"desiredNumberScheduled\":4,"
                          "\"updatedNumberScheduled\":4,\"numberAvailable\":%d}}",
                          STR_ARG(cluster->annotation), has(cluster->proxy, "bad") ? 3 : 4);
    if (has(path, "/log?"))
        return STR("mode is not valid");
    if (has(path, "k8s-app"))
        return STR("{\"items\":[{\"metadata\":{\"name\":\"p\"},\"status\":{\"containerStatuses\":[{"
                   "\"restartCount\":2,\"ready\":false}]}}]}");
    if (has(path, "configmaps"))
        return str_format(arena, "{\"data\":{\"ClusterConfiguration\":%.*s}}",
                          STR_ARG(json_text(value_from_str(cluster->live), arena)));
    if (str_starts_with(path, STR("/api/v1/nodes/")))
        return node_json(node_of(path), arena);
    if (has(path, "/api/v1/pods"))
        return STR("{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}");
    if (str_starts_with(path, STR("/api/v1/nodes")))
        return list_json("items", node_json, arena);
    if (str_starts_with(path, STR("/v3/cluster/member/list")))
        return list_json("members", member_json, arena);
    if (str_starts_with(path, STR("/v3/maintenance/status")))
        return str_format(arena,
                          "{\"version\":\"3.6.11\",\"leader\":\"%c\",\"header\":{\"member_id\":"
                          "\"%zu\",\"revision\":\"%d\"}}",
                          cluster->leader, i + 1, 5000 + (i == 2 ? cluster->lag : 0));
    if (str_starts_with(path, STR("/v3/maintenance/alarm")))
        return cluster->has_alarm ? STR("{\"alarms\":[{\"alarm\":\"NOSPACE\"}]}") : STR("{}");
    return STR("{\"health\":\"true\"}");
}

static HttpStatus cluster_attempt(void *self, const HttpRequest *request, const HttpSink *sink,
                                  HttpResponse *response, Str *, Arena *arena) {
    Cluster *cluster = self;
    size_t port = str_find(request->url, STR("127.0.0.1:1000"), 0);
    size_t i = (size_t)(request->url.ptr[port + sizeof "127.0.0.1:1000" - 1] - '1');
    Str path = str_after(request->url, str_find_char(request->url, '/', sizeof "https://"));
    assert_true(i < MEMBERS);
    Value body, inner;
    if (strcmp(request->method.ptr, "PATCH") == 0 && has(path, "kube-proxy")) {
        assert_true(json_parse_object(request->body, &body, cluster->c.arena));
        if (value_find(body, STR("data"), &inner))
            cluster->proxy = value_text_at(inner, STR("config.conf"));
        else
            cluster->annotation =
                str_clone(kube_object_text(body, "spec.template.metadata.annotations",
                                           "loam.internal/configuration"),
                          cluster->c.arena);
        strbuf_add_cstr(&cluster->log, has(path, "daemonsets") ? "pods " : "proxy ");
    }
    if (str_starts_with(path, STR("/v3/maintenance/transfer-leadership"))) {
        assert_int_equal(i + '1', cluster->leader);
        cluster->leader = request->body.ptr[sizeof "{\"targetID\":\"" - 1];
        strbuf_add_cstr(&cluster->log, "moved ");
    }
    if (str_starts_with(path, STR("/api/v1/nodes/")) && has(request->body, "unschedulable"))
        cluster->machines[node_of(path)].is_cordoned = has(request->body, "true");
    response->code =
        str_starts_with(path, STR("/readyz")) && cluster->machines[i].is_down ? 500 : 200;
    return sink->write(sink->payload, respond(cluster, i, path, arena)) == 0 ? HTTP_DONE
                                                                             : HTTP_NOT_KEPT;
}

static void find_objects(void *payload, const char *type, FoundObjects *out) {
    const Cluster *cluster = payload;
    if (strcmp(type, "kubeadm_join") == 0)
        *out = cluster->joins;
    else
        *out = cluster->inits;
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

static Value cluster_object(Cluster *cluster, size_t i, Str pki, const char *more) {
    ResourceCase *c = &cluster->c;
    Str text = str_format(c->arena,
                          "{" LINK ",\"host\":\"10.0.0.%zu\",\"node_name\":\"cp%zu\",\"id\":"
                          "\"i%zu\",\"endpoint\":\"10.0.0.1:6443\",\"kubernetes_version\":\"1.34."
                          "4\",\"pki\":%.*s%s}",
                          i + 1, i + 1, i, STR_ARG(pki), more);
    return case_config(c, str_to_cstr(text, c->arena));
}

static void open_cluster(Cluster *cluster) {
    *cluster = (Cluster){
        .c = case_open(&kubeadm_join), .live = STR(FORMER), .version = "v1.34.4", .bad_status = 20};
    ResourceCase *c = &cluster->c;
    cluster->death = SIZE_MAX;
    cluster->leader = '1';
    cluster->log = strbuf_new(c->arena);
    for (size_t i = 0; i < NODES; i++)
        cluster->machines[i] = (Machine){.value = STR("old"), .kubelet = STR(KUBELET("110"))};
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

#define FLAG(value)                                                                                \
    "\"api_server\":{\"extra_args\":[{\"name\":\"profiling\",\"value\":\"" value                   \
    "\"},{\"name\":\"v\",\"value\":\"2\"}]}"

static Value init_of(Cluster *cluster, Str pki, const char *cluster_json, bool is_unfinished) {
    Str more = str_format(cluster->c.arena, ",\"is_member\":true%s,\"cluster\":{%s}",
                          is_unfinished ? ",\"change_unfinished\":true" : "", cluster_json);
    return cluster_object(cluster, 0, pki, str_to_cstr(more, cluster->c.arena));
}

static Value with_fields(ResourceCase *c, Value object, const char *name, const char *json) {
    Value found;
    assert_true(json_parse_object(str_from_cstr(json), &found, c->arena));
    return object_with(object, name, found, c->arena);
}

/* The joins in the state, and the objects of the kubeadm_init. */
static void make_objects(Cluster *cluster, const char *before, const char *after, Value *prior,
                         Value *planned) {
    ResourceCase *c = &cluster->c;
    Str pki = pki_json(c->arena);
    cluster->joins = (FoundObjects){0};
    c->type = &kubeadm_join;
    c->schema = &kubeadm_join.schema;
    for (size_t i = 1; i < MEMBERS; i++) {
        FoundObject join = {STR("kubeadm_join.x"),
                            cluster_object(cluster, i, pki, ",\"control_plane\":true")};
        vec_push(c->arena, &cluster->joins, join);
    }
    c->type = &kubeadm_init;
    c->schema = &kubeadm_init.schema;
    c->call.type = &kubeadm_init.type;
    *prior = init_of(cluster, pki, before, false);
    *planned = init_of(cluster, pki, after, false);
}

/* As after a refresh of the object. */
static Value refreshed(const Cluster *cluster, Value prior) {
    Value unfinished = cluster->former.len ? value_bool(true) : value_null(&TYPE_BOOL);
    return object_with(prior, "change_unfinished", unfinished, cluster->c.arena);
}

static bool run(Cluster *cluster, Value prior, Value planned) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    ResourceCase *c = &cluster->c;
    c->diags = diags_new(c->arena);
    assert_true(kubeadm_node_open(case_call(c), planned, STR("i0"), &link, &node, &c->diags));
    node.is_control_plane = true;
    return kubeadm_change_run(&node, refreshed(cluster, prior), &c->diags);
}

static void check_values(const Cluster *cluster, const char *value) {
    for (size_t i = 0; i < MEMBERS; i++)
        check_str(cluster->machines[i].value, value);
    check_str(value_in(cluster->live, cluster->c.arena), value);
    check_str(cluster->former, "");
    /* What the object does not name stays. */
    assert_true(has(cluster->live, "podSubnet: \"10.244.0.0/16\""));
}

static void test_run(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_objects(&cluster, FLAG("old"), FLAG("new"), &prior, &planned);
    if (!run(&cluster, prior, planned))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(strbuf_str(&cluster.log), "cp1=new cp2=new cp3=new ");
    check_values(&cluster, "new");
    /* The machine of a kubeadm_join has its own address and name. */
    assert_true(has(cluster.input, "advertiseAddress: \"10.0.0.3\""));
    assert_true(has(cluster.input, "name: \"cp3\""));
    assert_true(has(cluster.input, "LOAM_PODS='apiserver'"));
    assert_true(has(cluster.input, "LOAM_SERVER='10.0.0.3:6443'"));
    assert_true(has(cluster.input, "LOAM_CERTIFICATES=''"));
    cluster.log = strbuf_new(cluster.c.arena);
    assert_true(run(&cluster, planned, planned));
    check_str(strbuf_str(&cluster.log), "");
    close_cluster(&cluster);
}

/* An argument that kubeadm reads later changes no pod. */
static void test_later(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_objects(&cluster, FLAG("old"), FLAG("old") ",\"certificate_validity_period\":\"100h\"",
                 &prior, &planned);
    assert_true(run(&cluster, prior, planned));
    check_str(strbuf_str(&cluster.log), "");
    check_values(&cluster, "old");
    assert_true(has(cluster.live, "certificateValidityPeriod: \"100h\""));
    close_cluster(&cluster);
}

static void test_certificate(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_objects(
        &cluster, "",
        "\"api_server\":{\"cert_sans\":[\"api2.example\"]},\"scheduler\":{\"extra_args\":[{"
        "\"name\":\"v\",\"value\":\"9\"}]}",
        &prior, &planned);
    assert_true(run(&cluster, prior, planned));
    assert_true(has(cluster.input, "LOAM_PODS='apiserver scheduler'"));
    assert_true(has(cluster.input, "LOAM_CERTIFICATES='apiserver'"));
    assert_true(has(cluster.input, "\"api2.example\""));
    close_cluster(&cluster);
}

static bool plan(Cluster *cluster, Value prior, Value planned, bool joins, PlanResponse *out) {
    ResourceCase *c = &cluster->c;
    PlanRequest request = {.prior = prior, .proposed = planned, .config = planned};
    *out = (PlanResponse){0};
    c->diags = diags_new(c->arena);
    return kubeadm_change_plan(case_call(c), &request, joins, out, &c->diags);
}

static Value with_file(const Cluster *cluster, Value object, const char *content) {
    Str json =
        str_format(cluster->c.arena, "{\"files\":{\"audit.yaml\":{\"content\":\"%s\"}}}", content);
    ResourceCase c = cluster->c;
    Value files = object_attribute(case_config(&c, str_to_cstr(json, c.arena)), "files");
    return object_with(object, "files", files, c.arena);
}

#define AUDIT                                                                                      \
    "\"api_server\":{\"extra_args\":[{\"name\":\"audit-policy-file\",\"value\":\"/etc/kubernetes/" \
    "loam/audit.yaml\"}]}"
#define VOLUMES "extraVolumes:\n"

/* A file and its volume come with the flag; a content restarts the component that has the flag. */
static void test_files(void **) {
    Cluster cluster;
    Value prior, planned, changed;
    PlanResponse response;
    open_cluster(&cluster);
    make_objects(&cluster, "", AUDIT, &prior, &planned);
    planned = with_file(&cluster, planned, "one");
    assert_true(plan(&cluster, prior, planned, false, &response));
    check_str(response.notes.items[0].text,
              "files below /etc/kubernetes/loam on cp1, cp2, cp3, one at a time: + audit.yaml");
    assert_true(run(&cluster, prior, planned));
    assert_true(has(cluster.input, "\naudit.yaml 0600 b25l\n.\n"));
    assert_true(has(cluster.input, "LOAM_FILES='apiserver'"));
    assert_true(has(cluster.input, "LOAM_PODS='apiserver'"));
    assert_true(has(cluster.live, VOLUMES));
    assert_true(has(cluster.live, "hostPath: \"/etc/kubernetes/loam/audit.yaml\""));
    changed = with_file(&cluster, planned, "two");
    assert_true(plan(&cluster, planned, changed, false, &response));
    assert_int_equal(response.notes.count, 1);
    assert_true(has(response.notes.items[0].text, ": ~ audit.yaml"));
    assert_true(run(&cluster, planned, changed));
    assert_true(has(cluster.input, "audit.yaml 0600 dHdv\n"));
    assert_true(has(cluster.input, "LOAM_PODS='apiserver'"));
    assert_true(has(cluster.live, VOLUMES));
    assert_true(plan(&cluster, changed, prior, false, &response));
    assert_true(has(response.notes.items[0].text, ": - audit.yaml"));
    assert_true(run(&cluster, changed, prior));
    assert_false(has(cluster.live, VOLUMES));
    /* A file that no flag names restarts nothing. */
    assert_true(run(&cluster, prior, with_file(&cluster, prior, "one")));
    assert_true(has(cluster.input, "LOAM_FILES='none'"));
    assert_true(has(cluster.input, "LOAM_PODS=''"));
    close_cluster(&cluster);
}

/* A control plane that joins later gets the files of the kubeadm_init in the state. */
static void test_join(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_objects(&cluster, "", AUDIT, &prior, &planned);
    for (int has_files = 0; has_files < 2; has_files++) {
        SCOPED(SshLink) link = {0};
        KubeadmNode node;
        FoundObject init = {STR("kubeadm_init.x"),
                            has_files ? with_file(&cluster, planned, "one") : planned};
        ResourceCase *c = &cluster.c;
        cluster.inits = (FoundObjects){0};
        vec_push(c->arena, &cluster.inits, init);
        cluster.input = STR_EMPTY;
        assert_true(kubeadm_node_open(case_call(c), cluster.joins.items[0].object, STR("i1"), &link,
                                      &node, &c->diags));
        assert_true(kubeadm_member_place_files(&node, &c->diags));
        check_str(cluster.input, has_files ? "audit.yaml 0600 b25l\n" : "");
    }
    close_cluster(&cluster);
}

/* The first machine shows that a change has not ended. */
static void test_refresh(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_objects(&cluster, FLAG("old"), FLAG("new"), &prior, &planned);
    for (int is_changing = 1; is_changing >= 0; is_changing--) {
        ResourceCase *c = &cluster.c;
        ReadRequest request = {.state = prior};
        bool is_restoring;
        cluster.former = is_changing ? STR("x") : STR_EMPTY;
        assert_true(
            kubeadm_refresh_read(case_call(c), &request, true, &prior, &is_restoring, &c->diags));
        Value found = object_attribute(prior, "change_unfinished");
        assert_true(value_equal(found, value_bool(is_changing)));
    }
    close_cluster(&cluster);
}

static bool says(const Cluster *cluster, const char *text) {
    vec_each(&cluster->c.diags, diag) {
        if (has(diag->detail, text))
            return true;
    }
    return false;
}

/* The first control plane rejects the flag: the cluster is as before. A later one: the change is
 * not finished, until the next apply. */
static void test_rollback(void **) {
    Cluster cluster;
    Value prior, planned, other;
    open_cluster(&cluster);
    make_objects(&cluster, FLAG("old"), FLAG("bad"), &prior, &planned);
    assert_false(run(&cluster, prior, planned));
    check_str(strbuf_str(&cluster.log), "cp1 rolled back ");
    assert_true(says(&cluster, "unknown flag"));
    check_values(&cluster, "old");
    /* The former pods do not respond, either. */
    cluster.bad_status = 21;
    assert_false(run(&cluster, prior, planned));
    assert_true(says(&cluster, "look at the machine"));
    assert_true(cluster.former.len > 0);
    make_objects(&cluster, FLAG("old"), FLAG("newer"), &prior, &other);
    cluster.machines[1].is_down = true; /* and another machine was left by a dead step */
    cluster.log = strbuf_new(cluster.c.arena);
    assert_true(run(&cluster, prior, other));
    check_str(strbuf_str(&cluster.log),
              "cp2 restored cp1=newer cp2=newer cp3=newer etcd2 etcd3 moved etcd1 ");
    assert_true(has(cluster.input, "LOAM_PODS='apiserver controller-manager scheduler'"));
    check_values(&cluster, "newer");
    close_cluster(&cluster);
}

#define ETCD(value)                                                                                \
    "\"etcd\":{\"local\":{\"extra_args\":[{\"name\":\"snapshot-count\",\"value\":\"" value         \
    "\"}],\"peer_cert_sans\":[\"peer.example\"]}}"

/* The leader is the last one, and another member becomes the leader before. */
static void test_etcd(void **) {
    Cluster cluster;
    Value prior, planned;
    PlanResponse response;
    open_cluster(&cluster);
    make_objects(&cluster, "", ETCD("newer"), &prior, &planned);
    cluster.leader = '2';
    assert_true(plan(&cluster, prior, planned, false, &response));
    assert_int_equal(response.notes.count, 2);
    check_str(response.notes.items[0].text,
              "etcd on cp1, cp2, cp3, one at a time: + --snapshot-count=newer");
    check_str(response.notes.items[1].text,
              "certificate of etcd for members on cp1, cp2, cp3, one at a time: + peer.example");
    if (!run(&cluster, prior, planned))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(strbuf_str(&cluster.log), "etcd1 etcd3 moved etcd2 ");
    assert_int_equal(cluster.leader, '1');
    assert_true(has(cluster.etcd_input, "LOAM_CERTIFICATES='etcd/peer'"));
    assert_true(has(cluster.live, "podSubnet: \"10.244.0.0/16\""));
    assert_true(has(cluster.live, "snapshot-count"));
    close_cluster(&cluster);
}

/* A member of etcd that rejects its flag stops the change; nothing begins with an alarm, or with a
 * member that lacks changes. */
static void test_etcd_gates(void **) {
    for (int kind = 0; kind < 3; kind++) {
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster);
        make_objects(&cluster, "", ETCD("bad"), &prior, &planned);
        cluster.has_alarm = kind == 1;
        cluster.lag = kind == 2 ? 1001 : 0;
        cluster.c.call.deadline_ms = kind ? call_monotonic_ms(case_call(&cluster.c)) + 200 : 0;
        assert_false(run(&cluster, prior, planned));
        check_str(strbuf_str(&cluster.log), kind ? "" : "etcd2 rolled back ");
        assert_true(says(&cluster, kind == 0   ? "unknown flag"
                                   : kind == 1 ? "etcd has an alarm"
                                               : "lacks recent changes"));
        if (!kind)
            check_str(cluster.former, "");
        close_cluster(&cluster);
    }
}

#define PROXY(mode) "kind: \"KubeProxyConfiguration\"\nmode: \"" mode "\"\nwindows: 1\n"

static void test_proxy(void **) {
    Cluster cluster;
    Value prior, planned;
    PlanResponse response;
    open_cluster(&cluster);
    make_objects(&cluster, "", "", &prior, &planned);
    cluster.proxy = STR(PROXY("iptables"));
    cluster.c.call.is_planning = true;
    planned = with_fields(&cluster.c, planned, "kube_proxy", "{\"mode\":\"nftables\"}");
    assert_true(plan(&cluster, prior, planned, false, &response));
    check_str(response.notes.items[0].text, "kube-proxy on all nodes: + mode=\"nftables\"");
    assert_int_equal(cluster.c.diags.count, 1);
    check_str(cluster.c.diags.items[0].summary, "Connections are cut");
    cluster.c.call.is_planning = false;
    if (!run(&cluster, prior, planned))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(strbuf_str(&cluster.log), "proxy pods ");
    check_str(cluster.proxy, PROXY("nftables"));
    assert_int_equal(cluster.annotation.len, 16);
    /* A run that continues finds it done; a rejected one goes back. */
    cluster.former = STR("---\n" FORMER);
    prior = planned;
    assert_true(run(&cluster, prior, planned));
    check_str(strbuf_str(&cluster.log),
              "proxy pods cp1=old cp2=old cp3=old etcd2 etcd3 moved etcd1 ");
    planned = with_fields(&cluster.c, planned, "kube_proxy", "{\"mode\":\"bad\"}");
    assert_false(run(&cluster, prior, planned));
    assert_true(says(&cluster, "The former one is back, and the pods run. The end of the log: mode "
                               "is not valid"));
    check_str(cluster.proxy, PROXY("nftables"));
    check_str(cluster.former, "");
    cluster.proxy = STR_EMPTY;
    assert_false(run(&cluster, prior, planned));
    assert_true(says(&cluster, "kubeadm did not install kube-proxy"));
    close_cluster(&cluster);
}

/* A worker, and the kubelets of the objects. */
static void make_kubelets(Cluster *cluster, const char *before, const char *after,
                          const char *patch, Value *prior, Value *planned) {
    ResourceCase *c = &cluster->c;
    make_objects(cluster, FLAG("old"), FLAG("old"), prior, planned);
    cluster->kubelet = STR(KUBELET("110"));
    *prior = with_fields(c, *prior, "kubelet", before);
    *planned = with_fields(c, *planned, "kubelet", after);
    c->type = &kubeadm_join;
    c->schema = &kubeadm_join.schema;
    Value object = cluster_object(cluster, MEMBERS, pki_json(c->arena), "");
    FoundObject join = {STR("kubeadm_join.w"), with_fields(c, object, "kubelet_patch", patch)};
    vec_push(c->arena, &cluster->joins, join);
    c->type = &kubeadm_init;
    c->schema = &kubeadm_init.schema;
}

static void check_kubelets(const Cluster *cluster, const char *text) {
    for (size_t i = 0; i < NODES; i++)
        check_str(cluster->machines[i].kubelet, text);
    check_str(cluster->kubelet, text);
    check_str(cluster->former, "");
}

/* Control planes, then the worker; fields that the object does not name stay. */
static void test_kubelets(void **) {
    Cluster cluster;
    Value prior, planned;
    PlanResponse response;
    open_cluster(&cluster);
    make_kubelets(&cluster, "{\"maxPods\":110}", "{\"maxPods\":200}", "{\"podPidsLimit\":5}",
                  &prior, &planned);
    assert_true(plan(&cluster, prior, planned, false, &response));
    assert_int_equal(response.notes.count, 1);
    check_str(response.notes.items[0].text,
              "kubelet on cp1, cp2, cp3, cp4, at most 1 at once: ~ maxPods 110 -> 200");
    if (!run(&cluster, prior, planned))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(strbuf_str(&cluster.log), "kubelet1 kubelet2 kubelet3 kubelet4 ");
    assert_true(has(cluster.input, "{\"podPidsLimit\":5}"));
    check_kubelets(&cluster, KUBELET("200"));
    check_str(value_in(cluster.live, cluster.c.arena), "old");
    close_cluster(&cluster);
}

/* A policy needs a node without pods. */
static void test_kubelet_drain(void **) {
    Cluster cluster;
    Value prior, planned;
    PlanResponse response;
    open_cluster(&cluster);
    make_kubelets(&cluster, "{}", "{\"cpuManagerPolicy\":\"static\"}", "{}", &prior, &planned);
    assert_true(plan(&cluster, prior, planned, false, &response));
    check_str(
        response.notes.items[0].text,
        "kubelet on cp1, cp2, cp3, cp4, at most 1 at once: + cpuManagerPolicy=\"static\"; each "
        "node is drained for cpuManagerPolicy");
    if (!run(&cluster, prior, planned))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(
        strbuf_str(&cluster.log),
        "kubelet1 drained reset kubelet2 drained reset kubelet3 drained reset kubelet4 drained "
        "reset ");
    for (size_t i = 0; i < NODES; i++)
        assert_false(cluster.machines[i].is_cordoned);
    close_cluster(&cluster);
}

/* The first kubelet rejects the field: the cluster has its former configuration. */
static void test_kubelet_rollback(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_kubelets(&cluster, "{\"maxPods\":110}", "{\"maxPods\":999}", "{}", &prior, &planned);
    assert_false(run(&cluster, prior, planned));
    check_str(strbuf_str(&cluster.log), "kubelet1 rolled back ");
    assert_true(says(&cluster, "The former one is back, and the kubelet responds. The end of its "
                               "log: not valid"));
    check_kubelets(&cluster, KUBELET("110"));
    cluster.bad_status = 21;
    assert_false(run(&cluster, prior, planned));
    assert_true(says(&cluster, "look at the machine"));
    assert_true(cluster.former.len > 0);
    /* Without its ConfigMap, the configuration is not known. */
    cluster.former = cluster.kubelet = STR_EMPTY;
    assert_false(run(&cluster, prior, planned));
    assert_true(says(&cluster, "\"kubelet-config\""));
    close_cluster(&cluster);
}

/* As test_deaths. */
static void test_kubelet_deaths(void **) {
    size_t deaths = 0;
    for (size_t death = 0;; death++) {
        bool ends = false;
        for (int kind = 0; kind < 4; kind++) {
            Cluster cluster;
            Value prior, planned;
            open_cluster(&cluster);
            make_kubelets(&cluster, "{\"maxPods\":110}", "{\"maxPods\":200}", "{}", &prior,
                          &planned);
            cluster.death = death;
            cluster.dies_after = kind & 1;
            ends = run(&cluster, prior, planned) && !cluster.is_dead;
            cluster.death = SIZE_MAX;
            cluster.is_dead = false;
            bool is_done = !cluster.former.len && has(cluster.machines[NODES - 1].kubelet, "200");
            bool goes_back = (kind & 2) && !ends && !is_done;
            if (!ends && !run(&cluster, prior, goes_back ? prior : planned))
                fail_msg("death %zu: %.*s", death, STR_ARG(cluster.c.diags.items[0].detail));
            check_kubelets(&cluster, goes_back ? KUBELET("110") : KUBELET("200"));
            deaths += !ends;
            close_cluster(&cluster);
        }
        if (ends)
            break;
    }
    assert_true(deaths > 80);
}

/* The run dies at each command, before or after it has taken effect; the next apply of the new or
 * of the former configuration ends whole. */
static void test_deaths(void **) {
    size_t deaths = 0;
    for (size_t death = 0;; death++) {
        bool ends = false;
        for (int kind = 0; kind < 4; kind++) {
            Cluster cluster;
            Value prior, planned;
            open_cluster(&cluster);
            make_objects(&cluster, FLAG("old"), FLAG("new"), &prior, &planned);
            cluster.death = death;
            cluster.dies_after = kind & 1;
            ends = run(&cluster, prior, planned) && !cluster.is_dead;
            cluster.death = SIZE_MAX;
            cluster.is_dead = false;
            /* A change whose end alone is not recorded is done. */
            bool is_done = !cluster.former.len && str_equal(cluster.machines[0].value, STR("new"));
            bool goes_back = (kind & 2) && !ends && !is_done;
            if (!ends && !run(&cluster, prior, goes_back ? prior : planned))
                fail_msg("death %zu: %.*s", death, STR_ARG(cluster.c.diags.items[0].detail));
            check_values(&cluster, goes_back ? "old" : "new");
            deaths += !ends;
            close_cluster(&cluster);
        }
        if (ends)
            break;
    }
    assert_true(deaths > 60);
}

static void test_refused(void **) {
    static const struct {
        const char *version;
        const char *live;
        bool lacks_member;
        const char *detail;
    } rows[] = {
        {"v1.33.4", FORMER, false, "\"cp1\" has 1.33.4 and the cluster 1.34.4"},
        {"v1.34.4", "apiVersion: \"kubeadm.k8s.io/v1beta3\"\nkind: \"ClusterConfiguration\"\n",
         false, "\"kubeadm.k8s.io/v1beta3\""},
        {"v1.34.4", "", false, "has no ClusterConfiguration"},
        {"v1.34.4", FORMER, true, "with the address 10.0.0.3"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster);
        make_objects(&cluster, FLAG("old"), FLAG("new"), &prior, &planned);
        cluster.version = rows[i].version;
        cluster.live = str_from_cstr(rows[i].live);
        cluster.joins.count -= rows[i].lacks_member;
        assert_false(run(&cluster, prior, planned));
        if (!says(&cluster, rows[i].detail))
            fail_msg("%zu: %.*s", i, STR_ARG(cluster.c.diags.items[0].detail));
        check_str(strbuf_str(&cluster.log), "");
        close_cluster(&cluster);
    }
}

/* Plans. */

#define SERVER(lists) "\"api_server\":{" lists "}"
#define ARGS(items)   "\"extra_args\":[" items "]"
#define ARG(n, v)     "{\"name\":\"" n "\",\"value\":\"" v "\"}"
#define VOLUME(path)  "{\"name\":\"x\",\"host_path\":\"" path "\",\"mount_path\":\"/x\"}"
#define ON            " on cp1, cp2, cp3, one at a time: "

static void test_notes(void **) {
    static const struct {
        const char *before;
        const char *after;
        const char *notes; /* one a line */
    } rows[] = {
        {"", "", ""},
        {"", SERVER(ARGS(ARG("a", "1"))), "kube-apiserver" ON "+ --a=1\n"},
        {SERVER(ARGS(ARG("a", "1"))), "", "kube-apiserver" ON "- --a\n"},
        {SERVER(ARGS(ARG("a", "1") "," ARG("b", "2"))),
         SERVER(ARGS(ARG("b", "3") "," ARG("a", "1"))),
         "kube-apiserver" ON "~ --b \"2\" -> \"3\"\n"},
        {SERVER(ARGS(ARG("a", "1"))), SERVER(ARGS(ARG("a", "1") "," ARG("a", "2"))),
         "kube-apiserver" ON "~ --a \"1\" -> \"1, 2\"\n"},
        {SERVER("\"extra_volumes\":[" VOLUME("/a") "]"),
         SERVER("\"extra_volumes\":[" VOLUME("/b") "],\"extra_envs\":[" ARG("E", "1") "]"),
         "kube-apiserver" ON "~ volume x + variable E\n"},
        {SERVER("\"cert_sans\":[\"a\",\"b\"]"),
         SERVER("\"cert_sans\":[\"b\",\"c\"]") ",\"scheduler\":{" ARGS(ARG("s", "secret")) "}",
         "kube-scheduler" ON "+ --s=(sensitive value)\ncertificate of kube-apiserver" ON
         "+ c - a\n"},
    };
    StrVec secrets = {0};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        PlanResponse response;
        open_cluster(&cluster);
        vec_push(cluster.c.arena, &secrets, STR("secret"));
        cluster.c.call.secrets = &secrets;
        make_objects(&cluster, rows[i].before, rows[i].after, &prior, &planned);
        assert_true(plan(&cluster, prior, planned, false, &response));
        StrBuf out = strbuf_new(cluster.c.arena);
        vec_each(&response.notes, note)
            strbuf_add_format(&out, "%.*s\n", STR_ARG(note->text));
        check_str(strbuf_str(&out), rows[i].notes);
        close_cluster(&cluster);
        secrets = (StrVec){0};
    }
}

/* One control plane: the API does not respond for a while. An unfinished change is a note, too. */
static void test_single(void **) {
    Cluster cluster;
    Value prior, planned;
    PlanResponse response;
    open_cluster(&cluster);
    make_objects(&cluster, "", SERVER(ARGS(ARG("a", "1"))), &prior, &planned);
    cluster.joins.count = 0;
    prior = object_with(prior, "change_unfinished", value_bool(true), cluster.c.arena);
    assert_true(plan(&cluster, prior, planned, false, &response));
    assert_int_equal(response.notes.count, 3);
    check_str(response.notes.items[0].text, "kube-apiserver on cp1: + --a=1");
    check_str(response.notes.items[1].text, "the API does not respond for up to a minute");
    check_str(response.notes.items[2].text,
              "completes a change of the configuration that was interrupted");
    close_cluster(&cluster);
}

/* kubeadm would render manifests of another version, or the machine is not there yet. */
static void test_alone(void **) {
    Cluster cluster;
    Value prior, planned, newer;
    PlanResponse response;
    open_cluster(&cluster);
    make_objects(&cluster, FLAG("old"), FLAG("new"), &prior, &planned);
    Arena *arena = cluster.c.arena;
    newer = object_with(planned, "kubernetes_version", value_from_cstr("1.34.5"), arena);
    assert_false(plan(&cluster, prior, newer, false, &response));
    assert_true(says(&cluster, "another version of Kubernetes"));
    assert_false(plan(&cluster, prior, planned, true, &response));
    assert_true(says(&cluster, "joins the cluster"));
    newer = object_with(prior, "kubernetes_version", value_from_cstr("1.34.5"), arena);
    assert_true(plan(&cluster, prior, newer, true, &response));
    prior = object_with(prior, "change_unfinished", value_bool(true), arena);
    assert_false(plan(&cluster, prior, newer, false, &response));
    assert_true(says(&cluster, "an earlier change is not finished"));
    close_cluster(&cluster);
}

UNIT_MAIN(test_kubeadm_change) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_later),
        cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_rollback),
        cmocka_unit_test(test_deaths),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_single),
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_refresh),
        cmocka_unit_test(test_etcd),
        cmocka_unit_test(test_etcd_gates),
        cmocka_unit_test(test_proxy),
        cmocka_unit_test(test_kubelets),
        cmocka_unit_test(test_kubelet_drain),
        cmocka_unit_test(test_kubelet_rollback),
        cmocka_unit_test(test_kubelet_deaths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
