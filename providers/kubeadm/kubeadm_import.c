/* kubeadm_import: facts of the machine, and a script that reads its node. */
#include "kubeadm_import.h"
#include "json.h"
#include "kubeadm_certificates.h"
#include "object_id.h"
#include "path_error.h"
#include "remote_script.h"

/* Prints lines of name and value. kubeadm writes the flags of the kubelet on one line. */
static const char node_script[] =
    "PATH=$PATH:/usr/local/bin:/opt/bin\n"
    "flags=$(cat /var/lib/kubelet/kubeadm-flags.env 2>/dev/null)\n"
    "flag() { printf '%s' \"$flags\" | sed -n \"s/.*--$1=\\([^ \\\"]*\\).*/\\1/p\"; }\n"
    "conf=/etc/kubernetes/admin.conf\n"
    "[ -r $conf ] || conf=/etc/kubernetes/kubelet.conf\n"
    "name=$(flag hostname-override)\n"
    "[ -n \"$name\" ] || name=$(uname -n | tr A-Z a-z)\n"
    "echo \"name $name\"\n"
    "echo \"address $(flag node-ip)\"\n"
    "echo \"endpoint $(sed -n 's|^ *server: *https://||p' $conf | head -n 1)\"\n"
    "if command -v kubectl >/dev/null; then\n"
    "  echo \"pod_cidr $(kubectl --kubeconfig $conf get node \"$name\" -o "
    "'jsonpath={.spec.podCIDR}' --request-timeout=10s)\"\n"
    "fi\n";

static const char adopt_script[] = "mkdir -p /etc/loam && cat >/etc/loam/node.json.new && "
                                   "mv -f /etc/loam/node.json.new /etc/loam/node.json";

bool kubeadm_import_address(Str id, ObjectBuilder *out, Arena *arena) {
    uint64_t port = 0;
    size_t at = str_rfind_char(id, '@');
    Str user = at == SIZE_MAX ? STR_EMPTY : str_slice(id, 0, at);
    Str host = at == SIZE_MAX ? id : str_after(id, at + 1);
    size_t colon = str_rfind_char(host, ':');
    bool has_brackets = str_starts_with(host, STR("["));
    if (colon != SIZE_MAX &&
        (has_brackets ? host.ptr[colon - 1] == ']' : str_find_char(host, ':', 0) == colon)) {
        if (!str_to_uint64(str_after(host, colon + 1), &port) || !port || port > UINT16_MAX)
            return false;
        host = str_slice(host, 0, colon);
    }
    if (has_brackets && !str_ends_with(host, STR("]")))
        return false;
    if (has_brackets)
        host = str_slice(host, 1, host.len - 1);
    if (!host.len || (at != SIZE_MAX && !user.len) ||
        ssh_settings_check_host(value_from_str(host), arena).len)
        return false;
    object_builder_set_text(out, "host", host, arena);
    object_builder_set_optional(out, "user", user, arena);
    if (port)
        object_builder_set(out, "port", value_int((int64_t)port));
    return true;
}

static Str kubeadm_import_line_of(Str output, const char *name) {
    Str line, rest = output, prefix = str_from_cstr(name);
    while (str_next_field(&rest, '\n', &line)) {
        if (str_starts_with(line, prefix) && str_starts_with(str_after(line, prefix.len), STR(" ")))
            return str_trim(str_after(line, prefix.len));
    }
    return STR_EMPTY;
}

/* Returns the id of a node that loam made, else that of a new object. */
static Str kubeadm_import_read_id(const Call *call, const HostFacts *facts) {
    Str id = STR_EMPTY;
    Value mark;
    if (facts->marker.len && json_parse_object(facts->marker, &mark, call->arena))
        id = value_text_at(mark, STR("id"));
    return id.len ? id : object_id_uuid(call);
}

static void kubeadm_import_describe(const Call *call, const HostFacts *facts, Str output,
                                    ObjectBuilder *builder) {
    Arena *arena = call->arena;
    KubeVersion version;
    Str address = kubeadm_import_line_of(output, "address");
    bool is_control_plane = host_facts_state(facts) == HOST_CONTROL_PLANE;
    Str text = is_control_plane ? facts->server_version : host_facts_running_kubelet(facts);
    if (kube_version_parse(text, &version))
        object_builder_set_text(builder, "kubernetes_version", kube_version_text(version, arena),
                                arena);
    object_builder_set_text(builder, "node_name", kubeadm_import_line_of(output, "name"), arena);
    object_builder_set_optional(builder, "endpoint", kubeadm_import_line_of(output, "endpoint"),
                                arena);
    object_builder_set_optional(builder, "pod_cidr", kubeadm_import_line_of(output, "pod_cidr"),
                                arena);
    object_builder_set_optional(builder, "certificates_expire",
                                kubeadm_certificates_end(facts, arena), arena);
    if (!str_equal(address, value_text(object_builder_get(builder, "host"))))
        object_builder_set_optional(builder, "node_address", address, arena);
    object_builder_set_text(builder, "id", kubeadm_import_read_id(call, facts), arena);
}

bool kubeadm_import_read(const Call *call, const ImportRequest *request, bool *is_control_plane,
                         Value *out, Diags *diags) {
    SCOPED(SshLink) link = {0};
    HostQuery query = {.script = node_script};
    HostLook look;
    ObjectBuilder builder = object_builder_empty(&call->type->schema, call->arena);
    if (!kubeadm_import_address(request->id, &builder, call->arena))
        return path_error(call, NO_PATH, diags, "Invalid import ID",
                          "\"%.*s\" must be HOST, HOST:PORT or USER@HOST:PORT, such as "
                          "\"root@10.0.0.11:22\".",
                          STR_ARG(request->id));
    *out = object_builder_value(&builder);
    if (!ssh_client_link(call, *out, &link, diags) || !host_look(&link, &query, &look, diags))
        return false;
    HostState state = host_facts_state(&look.facts);
    *is_control_plane = state == HOST_CONTROL_PLANE;
    if (state != HOST_CONTROL_PLANE && state != HOST_WORKER)
        return path_error(call, NO_PATH, diags, "No node of a cluster",
                          "%.*s has no files of a node that kubeadm has finished.",
                          STR_ARG(link.target.host));
    builder = object_builder_of(*out, call->arena);
    kubeadm_import_describe(call, &look.facts, look.more, &builder);
    *out = object_builder_value(&builder);
    return true;
}

bool kubeadm_import_is_new(Value prior) {
    return value_is_present(prior) && !object_has(prior, "pki");
}

bool kubeadm_import_adopt(const KubeadmNode *node, Diags *diags) {
    HostLook look;
    SshResult result;
    if (!host_look(node->link, NULL, &look, diags))
        return false;
    if (host_facts_is_foreign(&look.facts, node->pki.ca.certificate))
        return path_error(node->call, PATH_AT(node->call, {"pki"}), diags,
                          "Machine of another cluster",
                          "The imported node on %.*s has another certificate authority. Import the "
                          "authorities of its cluster into kubeadm_pki.",
                          STR_ARG(node->link->target.host));
    return remote_script_run(node->link,
                             (RemoteScript){.text = adopt_script, .input = kubeadm_node_mark(node)},
                             &result, diags) &&
           (result.exit_status == 0 ||
            remote_script_report(node->link, "Node not adopted", &result, diags));
}
