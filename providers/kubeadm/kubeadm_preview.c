/* kubeadm_preview: asks the control planes, and writes the notes. */
#include "kubeadm_preview.h"
#include "call_pool.h"
#include "change_class.h"
#include "control_plane_preview.h"
#include "host_look.h"
#include "kubeadm_change.h"
#include "log.h"
#include "object_builder.h"
#include "path_error.h"
#include "utf8.h"

typedef struct Preview {
    const KubeadmPeers *peers;
    Str pods;
    Str *lines; /* of each machine; the memory is that of the plan */
    bool *is_read;
} Preview;

static void preview_one(void *payload, size_t index, const Call *call, Arena *keep, Diags *) {
    const Preview *preview = payload;
    const KubeadmPeer *peer = preview->peers->items.items[index];
    SCOPED(SshLink) link = {0};
    HostLook look;
    Diags ignored = diags_new(call->arena);
    if (!peer->node.is_control_plane || !ssh_client_link(call, peer->object, &link, &ignored))
        return;
    ssh_client_limit_to_plan(&link);
    if (!host_look(&link, NULL, &look, &ignored))
        return;
    Str lines,
        init = kubeadm_change_init_document(peer, host_facts_runtime(&look.facts), call->arena);
    if (!control_plane_preview_run(&link, preview->pods, init, &lines, &ignored))
        return;
    preview->lines[index] = str_clone(lines, keep);
    preview->is_read[index] = true;
}

static Str pod_name(Str pod, Arena *arena) {
    return str_equal(pod, STR("etcd")) ? pod : str_concat(STR("kube-"), pod, arena);
}

/* Whether the configuration of the component asks for the flag, "--v=4" for example. */
static bool is_planned(Value planned, Str pod, Str flag) {
    Value list = change_class_value(planned, kubeadm_change_flags(pod));
    for (size_t i = 0; value_is_present(list) && i < list.count; i++) {
        Value item = value_at(list, i);
        Str name = object_text(item, "name", STR_EMPTY),
            value = object_text(item, "value", STR_EMPTY);
        if (str_starts_with(flag, STR("--")) && flag.len == name.len + value.len + 3 &&
            str_starts_with(str_after(flag, 2), name) && str_ends_with(flag, value))
            return true;
    }
    return false;
}

/* What the pod of the machine loses; empty: nothing. */
static Str difference_of(Str lines, Str pod, Value planned, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    Str line, name, shown = pod_name(pod, arena);
    while (str_next_field(&lines, '\n', &line)) {
        if (!str_next_field(&line, ' ', &name) || !str_equal(name, shown))
            continue;
        if (str_equal(line, STR("other")))
            strbuf_add_cstr(&out, " other lines of the manifest");
        else if (line.len > 2 &&
                 !(line.ptr[0] == '+' && is_planned(planned, pod, str_after(line, 2))))
            strbuf_add_format(&out, " %.*s", STR_ARG(utf8_strip_controls(line, arena)));
    }
    return strbuf_str(&out);
}

static void note_pods(const Call *call, const PlanRequest *request, const Preview *preview,
                      size_t index, PlanResponse *response) {
    Arena *arena = call->arena;
    Str rest = preview->pods, pod;
    while (str_next_field(&rest, ' ', &pod)) {
        Str name = pod_name(pod, arena);
        Str lost = difference_of(preview->lines[index], pod, request->proposed, arena);
        if (!lost.len)
            continue;
        Str text = str_format(
            arena,
            "%.*s on %.*s differs from the configuration of the cluster, and loses that:%.*s",
            STR_ARG(name), STR_ARG(preview->peers->items.items[index]->node.name), STR_ARG(lost));
        if (call->secrets)
            text = log_scrub(text, call->secrets, arena);
        plan_note(response, NO_PATH, text, arena);
    }
}

void kubeadm_preview_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                          Diags *diags) {
    SCOPED(KubeadmPeers) peers = {0};
    Str names = kubeadm_change_pods(call, request->prior, request->proposed);
    if (!call->is_planning || !names.len || !kubeadm_peer_open(call, request->prior, &peers, diags))
        return;
    size_t count = peers.items.count;
    Preview preview = {&peers, names, arena_new_array(call->arena, Str, count),
                       arena_new_array(call->arena, bool, count)};
    call_pool_run(call, count, preview_one, &preview, diags);
    for (size_t i = 0; i < count; i++) {
        const KubeadmNode *node = &peers.items.items[i]->node;
        if (preview.is_read[i])
            note_pods(call, request, &preview, i, response);
        else if (node->is_control_plane)
            plan_note(response, NO_PATH,
                      str_format(call->arena,
                                 "static pods on %.*s were not compared with the configuration of "
                                 "the cluster: the machine does not respond",
                                 STR_ARG(node->name)),
                      call->arena);
    }
}
