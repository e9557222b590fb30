/* changed_cluster: a cluster in memory, whose configuration changes. A run dies at a command,
 * before or after its effect. */
#pragma once

#include "base64.h"
#include "cluster_config.h"
#include "component_change.h"
#include "json.h"
#include "kube_object.h"
#include "kubeadm_change.h"
#include "kubeadm_member.h"
#include "kubeadm_provider.h"
#include "kubeadm_refresh.h"
#include "object_builder.h"
#include "pki.h"
#include "resource_case.h"
#include "skipping_clock.h"
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
    const char *differences; /* of its static pods from the configuration; NULL: none */
} Machine;

typedef struct Cluster {
    ResourceCase c;
    SkippingClock clock;
    Ssh ssh;
    Http http;
    Machine machines[NODES];
    Str live;    /* ConfigMap */
    Str kubelet; /* ConfigMap; empty: none */
    Str flags;   /* file of the flags of kubelets; empty: none */
    Str former;  /* kept on the first machine; empty: no change */
    const char *version;
    int bad_status; /* of a step with the value "bad" */
    size_t commands;
    size_t death;    /* command that is lost; SIZE_MAX: none */
    bool dies_after; /* the lost command has run */
    bool is_dead;
    FoundObjects joins;
    FoundObjects inits;
    int etcd;          /* patch of the third member; 0: that of the others */
    const char *files; /* what other control planes print of their files; NULL: they lack them */
    Str asked;         /* the paths that loam asked for */
    StrBuf log;        /* steps: "cp1=new " */
    Str input;         /* of the last step, unless it was that of etcd */
    Str etcd_input;
    Str proxy;      /* ConfigMap of kube-proxy; empty: none */
    Str annotation; /* of its pods */
    char leader;    /* of etcd */
    bool has_alarm;
    int lag;               /* of the revision of the last member */
    bool has_certificates; /* the requests of kubelets for them were listed */
    Str requests;          /* of kubelets, in JSON: the items of the list */
    const char *lost;      /* host that the plan removes */
    bool is_single;        /* the cluster has one member */
    bool makes_no_proxy;   /* kubeadm does not print the configuration of kube-proxy */
    bool writes_zeros; /* kubeadm writes the zero of a duration, and kubelets show its default */
} Cluster;

static inline bool has(Str text, const char *part) {
    return str_find(text, str_from_cstr(part), 0) != SIZE_MAX;
}

/* The session is that of the machine. */
static inline SshStatus cluster_connect(void *, const SshTarget *target, SshSession *, SshTimeout,
                                        SshSession **out, SshProblem *, Arena *) {
    *out = (SshSession *)(uintptr_t)(target->host.ptr[target->host.len - 1] - '0');
    return SSH_DONE;
}

/* Returns the value of the flag in the configuration. */
static inline Str value_in(Str text, Arena *arena) {
    static const char *const values[] = {"old", "new", "newer", "bad"};
    for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
        if (has(text, str_to_cstr(str_format(arena, "value: \"%s\"", values[i]), arena)))
            return str_from_cstr(values[i]);
    }
    return STR("none");
}

static inline Str run_step(Cluster *cluster, size_t i, Str input, Arena *arena) {
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
static inline Str run_kubelet_step(Cluster *cluster, size_t i, Str input, Arena *arena) {
    Machine *machine = &cluster->machines[i];
    int status = has(cluster->kubelet, "999") ? cluster->bad_status : 0;
    cluster->input = str_clone(input, arena);
    if (status == 0)
        machine->kubelet =
            cluster->writes_zeros ? STR("{\"logging\":{\"flushFrequency\":0}}") : cluster->kubelet;
    strbuf_add_format(&cluster->log, "kubelet%zu%s%s%s ", i + 1,
                      machine->is_cordoned ? " drained" : "",
                      has(input, "LOAM_RESET='yes'") ? " reset" : "", status ? " rolled back" : "");
    const char *err = status ? "not valid" : "";
    return str_format(arena, "loam-step i%zu-kubelet exited %d %zu %zu\n%.*s%s", i, status,
                      machine->kubelet.len, strlen(err), STR_ARG(machine->kubelet), err);
}

/* The mark of the first machine, which is a control plane. */
static inline Str role_facts(const Cluster *cluster, Arena *arena) {
    Str mark = str_format(arena, "{\"id\":\"i0\",\"lineage\":\"%.*s\",\"address\":\"%.*s\"}",
                          STR_ARG(cluster->c.call.lineage), STR_ARG(cluster->c.call.address));
    Str flags = cluster->flags.len
                    ? str_format(arena, "kubelet_flags %.*s\nkubelet_own_flags v max-pods \n",
                                 STR_ARG(base64_encode(cluster->flags, arena)))
                    : STR_EMPTY;
    return str_format(arena,
                      "exists /etc/kubernetes/kubelet.conf\nexists /etc/kubernetes/manifests/"
                      "kube-apiserver.yaml\nkubelet_certificate /var/lib/kubelet/pki/a.pem\n%.*s"
                      "marker %.*s\n",
                      STR_ARG(flags), STR_ARG(base64_encode(mark, arena)));
}

#define PROXY_ACCESS  "/var/lib/kube-proxy/kubeconfig.conf"
#define PROXY_NETWORK "10.244.0.0/16"
#define PROXY_DEFAULTS                                                                             \
    "{\"clientConnection\":{\"kubeconfig\":\"" PROXY_ACCESS                                        \
    "\",\"qps\":0},\"clusterCIDR\":\"" PROXY_NETWORK                                               \
    "\",\"metricsBindAddress\":\"\",\"mode\":\"\"}"

/* kubeadm adds its defaults to the last document. */
static inline Str print_proxy(const Cluster *cluster, Str input, Arena *arena) {
    Value defaults, given = value_null(&TYPE_DYNAMIC);
    size_t at = SIZE_MAX, next = 0;
    while ((next = str_find(input, STR("---\n"), next)) != SIZE_MAX)
        at = next += 4;
    assert_true(at != SIZE_MAX && cluster_config_parse(str_after(input, at), &given, arena));
    check_str(kube_object_text(given, "", "kind"), "KubeProxyConfiguration");
    assert_true(json_parse_object(STR(PROXY_DEFAULTS), &defaults, arena));
    Str made = json_text(component_change_merge(defaults, given, arena), arena);
    return str_format(
        arena,
        "---\nkind: ServiceAccount\nmetadata: {name: kube-proxy}\n---\nkind: ConfigMap"
        "\ndata:\n  kubeconfig.conf: x\n%s  config.conf: %.*s\n",
        cluster->makes_no_proxy ? "#" : "", STR_ARG(json_text(value_from_str(made), arena)));
}

static inline Str answer(Cluster *cluster, size_t i, const SshCommand *command, Arena *arena) {
    bool is_step = has(command->command, "-change'");
    bool is_kubelet = has(command->command, "-kubelet'") && !has(command->command, "'upload-");
    if (has(command->command, "loam-preview")) {
        cluster->input = str_clone(command->input, arena);
        return str_from_cstr(cluster->machines[i].differences ? cluster->machines[i].differences
                                                              : "");
    }
    if (is_kubelet && command->input.len)
        return run_kubelet_step(cluster, i, command->input, arena);
    if (is_kubelet)
        return str_format(arena, "loam-step i%zu-kubelet absent 0 0 0\n", i);
    if (is_step && command->input.len)
        return run_step(cluster, i, command->input, arena);
    if (is_step)
        return str_format(arena, "loam-step i%zu-change absent 0 0 0\n", i);
    if (has(command->command, "|| exit 3; ")) {
        cluster->asked = str_clone(command->input, arena);
        return str_from_cstr(cluster->files ? cluster->files : "");
    }
    if (has(command->command, "'begin'")) {
        if (!cluster->former.len)
            cluster->former = str_clone(command->input, arena);
        return cluster->former;
    }
    if (has(command->command, "'proxy'"))
        return print_proxy(cluster, command->input, arena);
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

static inline SshStatus cluster_exec(void *self, SshSession *session, const SshCommand *command,
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
static inline SshStatus cluster_tunnel(void *self, SshSession *, Str host, uint16_t,
                                       uint16_t *out_port, SshProblem *, Arena *) {
    (void)self;
    *out_port = (uint16_t)(10000 + (host.ptr[host.len - 1] - '0'));
    return SSH_DONE;
}

static inline bool cluster_is_alive(void *, SshSession *) {
    return true;
}

static inline void cluster_close_session(void *, SshSession *) {
}

static inline Str node_json(size_t i, Arena *arena) {
    return str_format(
        arena,
        "{\"metadata\":{\"name\":\"cp%zu\",\"resourceVersion\":\"1\",\"annotations\":{"
        "\"loam.internal/cordoned\":\"true\"}},\"status\":{"
        "\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"10.0.0.%zu\"}],"
        "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}],\"nodeInfo\":{"
        "\"kubeletVersion\":\"v1.34.4\"}}}",
        i + 1, i + 1);
}

static inline Str list_json(const Cluster *cluster, const char *name,
                            Str (*item)(size_t i, Arena *arena), Arena *arena) {
    StrBuf out = strbuf_new(arena);
    strbuf_add_format(&out, "{\"metadata\":{\"resourceVersion\":\"1\"},\"%s\":[", name);
    for (size_t i = 0; i < (cluster->is_single ? 1 : MEMBERS); i++)
        strbuf_add_format(&out, "%s%.*s", i ? "," : "", STR_ARG(item(i, arena)));
    strbuf_add_cstr(&out, "]}");
    return strbuf_str(&out);
}

static inline Str member_json(size_t i, Arena *arena) {
    return str_format(arena,
                      "{\"ID\":\"%zu\",\"name\":\"cp%zu\",\"peerURLs\":[\"https://10.0.0.%zu:"
                      "2380\"],\"clientURLs\":[\"https://10.0.0.%zu:2379\"]}",
                      i + 1, i + 1, i + 1, i + 1);
}

static inline size_t node_of(Str path) {
    return (size_t)(path.ptr[sizeof "/api/v1/nodes/cp" - 1] - '1');
}

#define REQUESTS_PATH "/apis/certificates.k8s.io/v1/certificatesigningrequests/"

#define BOOTSTRAP "\"serverTLSBootstrap\":true"

/* kubeadm writes a field a line. */
static inline Str kubelet_yaml(const Cluster *cluster, Arena *arena) {
    size_t at = str_find(cluster->kubelet, STR(BOOTSTRAP), 0);
    if (at == SIZE_MAX)
        return cluster->kubelet;
    return str_format(arena, "%.*s\nserverTLSBootstrap: true\n%.*s",
                      STR_ARG(str_slice(cluster->kubelet, 0, at)),
                      STR_ARG(str_after(cluster->kubelet, at + strlen(BOOTSTRAP))));
}

static inline Str respond(const Cluster *cluster, size_t i, Str path, Arena *arena) {
    if (str_starts_with(path, STR("/readyz")))
        return cluster->machines[i].is_down ? STR("no") : STR("ok");
    if (str_starts_with(path, STR("/version")))
        return STR("{\"gitVersion\":\"v1.34.4\"}");
    if (has(path, "/proxy/configz") && cluster->writes_zeros)
        return STR("{\"kubeletconfig\":{\"logging\":{\"flushFrequency\":\"5s\"}}}");
    if (has(path, "/proxy/configz"))
        return str_format(arena, "{\"kubeletconfig\":%.*s}",
                          STR_ARG(cluster->machines[node_of(path)].kubelet));
    if (has(path, "configmaps/kubelet-config"))
        return str_format(arena, "{\"data\":{\"kubelet\":%.*s}}",
                          STR_ARG(json_text(value_from_str(kubelet_yaml(cluster, arena)), arena)));
    if (has(path, "certificatesigningrequests"))
        return str_format(arena, "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[%.*s]}",
                          STR_ARG(cluster->requests));
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
        return list_json(cluster, "items", node_json, arena);
    if (str_starts_with(path, STR("/v3/cluster/member/list")))
        return list_json(cluster, "members", member_json, arena);
    if (str_starts_with(path, STR("/v3/maintenance/status")))
        return str_format(arena,
                          "{\"version\":\"3.6.%d\",\"leader\":\"%c\",\"header\":{\"member_id\":"
                          "\"%zu\",\"revision\":\"%d\"}}",
                          i == 2 && cluster->etcd ? cluster->etcd : 11, cluster->leader, i + 1,
                          5000 + (i == 2 ? cluster->lag : 0));
    if (str_starts_with(path, STR("/v3/maintenance/alarm")))
        return cluster->has_alarm ? STR("{\"alarms\":[{\"alarm\":\"NOSPACE\"}]}") : STR("{}");
    return STR("{\"health\":\"true\"}");
}

static inline HttpStatus cluster_attempt(void *self, const HttpRequest *request,
                                         const HttpSink *sink, HttpResponse *response, Str *,
                                         Arena *arena) {
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
    if (strcmp(request->method.ptr, "PATCH") == 0 && has(path, "kubeadm-config")) {
        assert_true(json_parse_object(request->body, &body, cluster->c.arena));
        cluster->live =
            str_clone(kube_object_text(body, "data", "ClusterConfiguration"), cluster->c.arena);
        strbuf_add_cstr(&cluster->log, "registry ");
    }
    if (str_starts_with(path, STR("/v3/maintenance/transfer-leadership"))) {
        assert_int_equal(i + '1', cluster->leader);
        cluster->leader = request->body.ptr[sizeof "{\"targetID\":\"" - 1];
        strbuf_add_cstr(&cluster->log, "moved ");
    }
    if (str_starts_with(path, STR("/api/v1/nodes/")) && has(request->body, "unschedulable"))
        cluster->machines[node_of(path)].is_cordoned = has(request->body, "true");
    if (has(path, "certificatesigningrequests")) {
        cluster->has_certificates = true;
        strbuf_add_cstr(&cluster->log, "requests ");
        size_t at = str_find(path, STR("/approval"), 0);
        if (at != SIZE_MAX)
            strbuf_add_format(&cluster->log, "approves %.*s ",
                              STR_ARG(str_slice(path, sizeof REQUESTS_PATH - 1, at)));
    }
    response->code =
        str_starts_with(path, STR("/readyz")) && cluster->machines[i].is_down ? 500 : 200;
    if (has(path, "/proxy/configz") && !cluster->has_certificates &&
        has(cluster->machines[node_of(path)].kubelet, BOOTSTRAP))
        response->code = 502;
    return sink->write(sink->payload, respond(cluster, i, path, arena)) == 0 ? HTTP_DONE
                                                                             : HTTP_NOT_KEPT;
}

static inline void find_objects(void *payload, const char *type, FoundObjects *out) {
    const Cluster *cluster = payload;
    if (strcmp(type, "kubeadm_join") == 0)
        *out = cluster->joins;
    else
        *out = cluster->inits;
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

static inline Value cluster_object(Cluster *cluster, size_t i, Str pki, const char *more) {
    ResourceCase *c = &cluster->c;
    Str text = str_format(c->arena,
                          "{" LINK ",\"host\":\"10.0.0.%zu\",\"node_name\":\"cp%zu\",\"id\":"
                          "\"i%zu\",\"endpoint\":\"10.0.0.1:6443\",\"kubernetes_version\":\"1.34."
                          "4\",\"pki\":%.*s%s}",
                          i + 1, i + 1, i, STR_ARG(pki), more);
    return case_config(c, str_to_cstr(text, c->arena));
}

static inline void open_cluster(Cluster *cluster) {
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
    c->io.clock = skipping_clock_open(&cluster->clock);
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

static inline void close_cluster(Cluster *cluster) {
    ssh_client_close(cluster->c.call.client);
    case_close(&cluster->c);
}

#define FLAG(value)                                                                                \
    "\"api_server\":{\"extra_args\":[{\"name\":\"profiling\",\"value\":\"" value                   \
    "\"},{\"name\":\"v\",\"value\":\"2\"}]}"

static inline Value init_of(Cluster *cluster, Str pki, const char *cluster_json,
                            bool is_unfinished) {
    Str more = str_format(cluster->c.arena, ",\"is_member\":true%s,\"cluster\":{%s}",
                          is_unfinished ? ",\"change_unfinished\":true" : "", cluster_json);
    return cluster_object(cluster, 0, pki, str_to_cstr(more, cluster->c.arena));
}

static inline Value with_fields(ResourceCase *c, Value object, const char *name, const char *json) {
    Value found;
    assert_true(json_parse_object(str_from_cstr(json), &found, c->arena));
    return object_with(object, name, found, c->arena);
}

/* The joins in the state, and the objects of the kubeadm_init. */
static inline void make_objects(Cluster *cluster, const char *before, const char *after,
                                Value *prior, Value *planned) {
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
static inline Value refreshed(const Cluster *cluster, Value prior) {
    Value unfinished = cluster->former.len ? value_bool(true) : value_null(&TYPE_BOOL);
    return object_with(prior, "change_unfinished", unfinished, cluster->c.arena);
}

static inline bool run(Cluster *cluster, Value prior, Value planned) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    ResourceCase *c = &cluster->c;
    c->diags = diags_new(c->arena);
    assert_true(kubeadm_node_open(case_call(c), planned, STR("i0"), &link, &node, &c->diags));
    node.is_control_plane = true;
    return kubeadm_change_run(&node, refreshed(cluster, prior), &c->diags);
}

static inline bool plan(Cluster *cluster, Value prior, Value planned, bool joins,
                        PlanResponse *out) {
    ResourceCase *c = &cluster->c;
    PlanRequest request = {.prior = prior, .proposed = planned, .config = planned};
    *out = (PlanResponse){0};
    c->diags = diags_new(c->arena);
    return kubeadm_change_plan(case_call(c), &request, joins, out, &c->diags);
}

static inline bool says(const Cluster *cluster, const char *text) {
    vec_each(&cluster->c.diags, diag) {
        if (has(diag->detail, text))
            return true;
    }
    return false;
}
