/* host_facts: parses the output by a table of names and fields. */
#include "host_facts.h"
#include "base64.h"
#include "kubeadm_host_assets.h"
#include "utf8.h"

#define FACTS_FIRST "facts 1"
#define FACTS_LAST  "end"
#define VALUE_MAX   ((size_t)65536)   /* bytes; a longer value is ignored */
#define OUTPUT_MAX  ((size_t)1 << 20) /* bytes */

const char *host_facts_script(void) {
    return host_facts_sh;
}

const char *host_facts_certificates_script(void) {
    return host_facts_certificates_sh;
}

typedef enum FactKind {
    FACT_TEXT,
    FACT_NUMBER,
    FACT_TIME,   /* seconds with a fraction */
    FACT_BASE64, /* content of a file */
    FACT_LIST,   /* one item a line */
    FACT_NAMED,  /* a name and a text a line */
} FactKind;

static const struct {
    Str name;
    FactKind kind;
    size_t offset;
} rows[] = {
    {STR_CONST("time"), FACT_TIME, offsetof(HostFacts, time_ms)},
    {STR_CONST("user"), FACT_NUMBER, offsetof(HostFacts, user)},
    {STR_CONST("os_id"), FACT_TEXT, offsetof(HostFacts, os_id)},
    {STR_CONST("os_version"), FACT_TEXT, offsetof(HostFacts, os_version)},
    {STR_CONST("os_like"), FACT_TEXT, offsetof(HostFacts, os_like)},
    {STR_CONST("os_name"), FACT_TEXT, offsetof(HostFacts, os_name)},
    {STR_CONST("kernel"), FACT_TEXT, offsetof(HostFacts, kernel)},
    {STR_CONST("machine"), FACT_TEXT, offsetof(HostFacts, machine)},
    {STR_CONST("hostname"), FACT_TEXT, offsetof(HostFacts, hostname)},
    {STR_CONST("processors"), FACT_NUMBER, offsetof(HostFacts, processors)},
    {STR_CONST("memory_kib"), FACT_NUMBER, offsetof(HostFacts, memory_kib)},
    {STR_CONST("swap_kib"), FACT_NUMBER, offsetof(HostFacts, swap_kib)},
    {STR_CONST("machine_id"), FACT_TEXT, offsetof(HostFacts, machine_id)},
    {STR_CONST("product_uuid"), FACT_TEXT, offsetof(HostFacts, product_uuid)},
    {STR_CONST("boot_id"), FACT_TEXT, offsetof(HostFacts, boot_id)},
    {STR_CONST("cgroup"), FACT_TEXT, offsetof(HostFacts, cgroup)},
    {STR_CONST("init"), FACT_TEXT, offsetof(HostFacts, init)},
    {STR_CONST("container"), FACT_TEXT, offsetof(HostFacts, container)},
    {STR_CONST("time_synchronized"), FACT_TEXT, offsetof(HostFacts, time_synchronized)},
    {STR_CONST("selinux"), FACT_TEXT, offsetof(HostFacts, selinux)},
    {STR_CONST("selinux_containers"), FACT_TEXT, offsetof(HostFacts, selinux_containers)},
    {STR_CONST("firewall"), FACT_LIST, offsetof(HostFacts, firewalls)},
    {STR_CONST("read_only"), FACT_LIST, offsetof(HostFacts, read_only)},
    {STR_CONST("apparmor"), FACT_TEXT, offsetof(HostFacts, apparmor)},
    {STR_CONST("ca_certificate"), FACT_BASE64, offsetof(HostFacts, ca_certificate)},
    {STR_CONST("marker"), FACT_BASE64, offsetof(HostFacts, marker)},
    {STR_CONST("restored"), FACT_TEXT, offsetof(HostFacts, restored)},
    {STR_CONST("kubelet_certificate"), FACT_TEXT, offsetof(HostFacts, kubelet_certificate)},
    {STR_CONST("serving_certificate"), FACT_BASE64, offsetof(HostFacts, serving_certificate)},
    {STR_CONST("kubelet_flags"), FACT_BASE64, offsetof(HostFacts, kubelet_flags)},
    {STR_CONST("kubelet_own_flags"), FACT_TEXT, offsetof(HostFacts, kubelet_own_flags)},
    {STR_CONST("unfinished"), FACT_TEXT, offsetof(HostFacts, unfinished)},
    {STR_CONST("changing"), FACT_TEXT, offsetof(HostFacts, changing)},
    {STR_CONST("former_files"), FACT_TEXT, offsetof(HostFacts, former_files)},
    {STR_CONST("server_version"), FACT_TEXT, offsetof(HostFacts, server_version)},
    {STR_CONST("server_repository"), FACT_TEXT, offsetof(HostFacts, server_repository)},
    {STR_CONST("staged_kubelet"), FACT_TEXT, offsetof(HostFacts, staged_kubelet)},
    {STR_CONST("runtime_endpoint"), FACT_TEXT, offsetof(HostFacts, runtime_endpoint)},
    {STR_CONST("step"), FACT_LIST, offsetof(HostFacts, steps)},
    {STR_CONST("round"), FACT_LIST, offsetof(HostFacts, rounds)},
    {STR_CONST("certificate"), FACT_NAMED, offsetof(HostFacts, certificates)},
    {STR_CONST("interface"), FACT_NAMED, offsetof(HostFacts, interfaces)},
    {STR_CONST("address"), FACT_NAMED, offsetof(HostFacts, addresses)},
    {STR_CONST("default_route"), FACT_NAMED, offsetof(HostFacts, routes)},
    {STR_CONST("free_kib"), FACT_NAMED, offsetof(HostFacts, free_kib)},
    {STR_CONST("sysctl"), FACT_NAMED, offsetof(HostFacts, sysctls)},
    {STR_CONST("version"), FACT_NAMED, offsetof(HostFacts, versions)},
    {STR_CONST("containerd_kept"), FACT_NAMED, offsetof(HostFacts, containerd_kept)},
    {STR_CONST("running"), FACT_NAMED, offsetof(HostFacts, running)},
    {STR_CONST("listening"), FACT_LIST, offsetof(HostFacts, listening)},
    {STR_CONST("module"), FACT_LIST, offsetof(HostFacts, modules)},
    {STR_CONST("program"), FACT_LIST, offsetof(HostFacts, programs)},
    {STR_CONST("active"), FACT_LIST, offsetof(HostFacts, active)},
    {STR_CONST("exists"), FACT_LIST, offsetof(HostFacts, existing)},
};

static void facts_split(Str line, Str *name, Str *rest) {
    size_t blank = str_find_char(line, ' ', 0);
    *name = str_slice(line, 0, blank);
    *rest = blank == SIZE_MAX ? STR_EMPTY : str_trim(str_after(line, blank + 1));
}

/* "1763755200.123456789"; the fraction may be missing. */
static void set_time(int64_t *out, Str text) {
    size_t dot = str_find_char(text, '.', 0);
    Str fraction = dot == SIZE_MAX ? STR_EMPTY : str_slice(text, dot + 1, dot + 4);
    int64_t seconds, ms = 0;
    if (!str_to_int64(str_slice(text, 0, dot), &seconds) || seconds < 0 ||
        seconds > INT64_MAX / 2000)
        return;
    if (fraction.len != 3 || !str_to_int64(fraction, &ms))
        ms = 0;
    *out = seconds * 1000 + ms;
}

static void set_fact(HostFacts *facts, size_t row, Str text, Arena *arena) {
    void *field = (char *)facts + rows[row].offset;
    NamedText named;
    uint64_t number;
    switch (rows[row].kind) {
    case FACT_TEXT: *(Str *)field = text; break;
    case FACT_NUMBER:
        if (str_to_uint64(text, &number))
            *(uint64_t *)field = number;
        break;
    case FACT_TIME: set_time(field, text); break;
    case FACT_BASE64:
        if (!base64_decode(text, field, arena))
            *(Str *)field = STR_EMPTY;
        break;
    case FACT_LIST: vec_push(arena, (StrVec *)field, text); break;
    case FACT_NAMED:
        facts_split(text, &named.name, &named.text);
        vec_push(arena, (NamedTexts *)field, named);
        break;
    }
}

static void facts_read_line(HostFacts *facts, Str line, Arena *arena) {
    Str name, text;
    facts_split(line, &name, &text);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (str_equal(name, rows[i].name) && text.len <= VALUE_MAX)
            set_fact(facts, i, utf8_strip_controls(text, arena), arena);
    }
}

bool host_facts_parse(Str output, HostFacts *out, Arena *arena) {
    Str line, rest = output;
    bool has_begun = false, has_ended = false;
    *out = (HostFacts){.user = UINT64_MAX};
    if (output.len > OUTPUT_MAX)
        return false;
    /* The login shell may print lines before the script starts. */
    while (!has_ended && str_next_field(&rest, '\n', &line)) {
        has_ended = has_begun && str_equal(line, STR(FACTS_LAST));
        if (has_begun && !has_ended)
            facts_read_line(out, line, arena);
        has_begun |= str_equal(line, STR(FACTS_FIRST));
    }
    return has_ended && out->time_ms > 0;
}

Str host_facts_find(const NamedTexts *texts, const char *name) {
    vec_each(texts, named) {
        if (str_equal_cstr(named->name, name))
            return named->text;
    }
    return STR_EMPTY;
}

Str host_facts_running_kubelet(const HostFacts *facts) {
    Str running = host_facts_find(&facts->running, "kubelet");
    return running.len ? running : host_facts_find(&facts->versions, "kubelet");
}

Str host_facts_architecture(const HostFacts *facts) {
    if (str_equal(facts->machine, STR("x86_64")))
        return STR("amd64");
    return str_equal(facts->machine, STR("aarch64")) ? STR("arm64") : facts->machine;
}

bool host_facts_is_container(const HostFacts *facts) {
    return facts->container.len && !str_equal(facts->container, STR("none"));
}

const NodeRuntime *host_facts_runtime(const HostFacts *facts) {
    const NodeRuntime *crio = &node_runtime_table[NODE_RUNTIME_CRIO];
    const NodeRuntime *containerd = &node_runtime_table[NODE_RUNTIME_CONTAINERD];
    if (facts->runtime_endpoint.len) /* "/var/run" is a link to "/run" */
        return str_ends_with(facts->runtime_endpoint, str_from_cstr(crio->socket)) ? crio
                                                                                   : containerd;
    bool has_crio_alone = host_facts_find(&facts->versions, crio->program).len &&
                          !host_facts_find(&facts->versions, containerd->program).len;
    return has_crio_alone ? crio : containerd;
}

static bool exists(const HostFacts *facts, const char *path) {
    return str_is_among(str_from_cstr(path), facts->existing.items, facts->existing.count);
}

HostState host_facts_state(const HostFacts *facts) {
    bool is_joined = exists(facts, "/etc/kubernetes/kubelet.conf") &&
                     facts->kubelet_certificate.len && !facts->unfinished.len;
    bool has_server = exists(facts, "/etc/kubernetes/manifests/kube-apiserver.yaml");
    if (is_joined && has_server)
        return HOST_CONTROL_PLANE;
    /* The bootstrap file exists until the joining kubelet has its certificate. */
    if (is_joined && !exists(facts, "/etc/kubernetes/bootstrap-kubelet.conf") &&
        !exists(facts, "/etc/kubernetes/admin.conf"))
        return HOST_WORKER;
    return facts->existing.count ? HOST_PARTIAL : HOST_CLEAN;
}

bool host_facts_is_foreign(const HostFacts *facts, Str ca_certificate) {
    return facts->ca_certificate.len &&
           !str_equal(str_trim(facts->ca_certificate), str_trim(ca_certificate));
}
