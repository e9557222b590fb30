/* kubeadm_restart: finds the node of a machine in the state, and its cluster. */
#include "kubeadm_restart.h"
#include "kubeadm_peer.h"
#include "kubeadm_wish.h"

static void stored_settings(Value object, NamedTexts *out, Arena *arena) {
    Value settings = object_attribute(object, "settings");
    for (size_t i = 0; value_is_present(settings) && i < settings.count; i++) {
        NamedText setting = {value_key_at(settings, i), value_text(value_at(settings, i))};
        vec_push(arena, out, setting);
    }
}

/* Whether the change may restart the runtime of a machine that was prepared before. */
static bool may_restart(const Call *call, Value prior, Value planned) {
    NamedTexts former = {0}, wanted = {0};
    if (!value_is_wholly_known(object_attribute(planned, "settings")))
        return true;
    KubeadmWish wish = {.call = call, .object = planned, .runtime = kubeadm_wish_runtime(planned)};
    kubeadm_wish_read_repositories(&wish);
    stored_settings(prior, &former, call->arena);
    stored_settings(planned, &wanted, call->arena);
    return host_settings_restart_runtime(wish.runtime, &wish.wish.runtime_repository.packages,
                                         &former, &wanted, call->arena);
}

/* Sets *out to the node of the machine; returns false if the state has none. */
static bool node_of_machine(const Call *call, Value machine, Value *out) {
    static const char *const nodes[] = {"kubeadm_init", "kubeadm_join"};
    for (size_t i = 0; i < ARRAY_COUNT(nodes); i++) {
        FoundObjects found = call_find_objects(call, nodes[i]);
        vec_each(&found, one) {
            if (!kubeadm_node_is_same_machine(one->object, machine))
                continue;
            *out = one->object;
            return true;
        }
    }
    return false;
}

/* That of the worker that allows least. */
static uint32_t capacity_of(const Call *call, Str endpoint) {
    FoundObjects nodes = kubeadm_peer_find(call, endpoint);
    int64_t least = 0;
    vec_each(&nodes, node) {
        if (kubeadm_peer_is_control_plane(node->object))
            continue;
        int64_t own = kubeadm_node_max_unavailable(node->object);
        least = !least || own < least ? own : least;
    }
    return least ? (uint32_t)least : 1;
}

bool kubeadm_restart_limits(const Call *call, const LimitsRequest *request,
                            LimitsResponse *response, Diags *) {
    Value node = {0};
    bool is_update = request->action == LIMIT_UPDATE;
    if (request->action == LIMIT_DELETE || request->action == LIMIT_READ ||
        (is_update && !may_restart(call, request->prior, request->object)))
        return true;
    bool has_node = node_of_machine(call, request->object, &node);
    if (!has_node && !is_update)
        return true;
    Str endpoint = has_node ? object_text(node, "endpoint", STR_EMPTY) : STR_EMPTY;
    Limit limit = {
        .key = str_format(call->arena, "container runtimes of %.*s", STR_ARG(endpoint)),
        .capacity = has_node ? capacity_of(call, endpoint) : 1,
    };
    vec_push(call->arena, &response->limits, limit);
    if (has_node)
        kubeadm_node_limit(call, node, kubeadm_peer_is_control_plane(node), response);
    return true;
}
