/* node_identity: from the facts of a machine, from Nodes, and from Secrets of joins. */
#include "node_identity.h"
#include "kube_error.h"
#include "kube_object.h"
#include "object_builder.h"

#define IDENTITY_PREFIX "loam.internal/"
#define SECRETS                                                                                    \
    "/api/v1/namespaces/kube-system/secrets?fieldSelector=type%3Dbootstrap.kubernetes.io%2Ftoken"
#define NODES "/api/v1/nodes"

static Str interface_of(const HostFacts *facts, Str address) {
    vec_each(&facts->addresses, found) {
        Str host = str_slice(found->text, 0, str_find_char(found->text, '/', 0));
        if (str_equal(host, address))
            return found->name;
    }
    return STR_EMPTY;
}

static Str mac_of(const HostFacts *facts, Str address) {
    Str name = interface_of(facts, address);
    vec_each(&facts->interfaces, found) {
        if (name.len && str_equal(found->name, name))
            return found->text;
    }
    return STR_EMPTY;
}

ClusterNode node_identity_of(const HostFacts *facts, Str name, Str address) {
    return (ClusterNode){name, facts->machine_id, facts->hostname, mac_of(facts, address)};
}

static void identity_put(ObjectBuilder *out, const char *name, Str text) {
    object_builder_put(out, str_from_cstr(name), value_from_str(text));
}

Value node_identity_annotations(const ClusterNode *identity, Arena *arena) {
    ObjectBuilder out = object_builder_new(arena);
    identity_put(&out, IDENTITY_PREFIX "node", identity->name);
    identity_put(&out, IDENTITY_PREFIX "machine-id", identity->machine_id);
    identity_put(&out, IDENTITY_PREFIX "host-name", identity->hostname);
    identity_put(&out, IDENTITY_PREFIX "mac-address", identity->mac);
    return object_builder_value(&out);
}

static ClusterNode of_secret(Value secret) {
    const char *place = "metadata.annotations";
    return (ClusterNode){
        .name = kube_object_text(secret, place, IDENTITY_PREFIX "node"),
        .machine_id = kube_object_text(secret, place, IDENTITY_PREFIX "machine-id"),
        .hostname = kube_object_text(secret, place, IDENTITY_PREFIX "host-name"),
        .mac = kube_object_text(secret, place, IDENTITY_PREFIX "mac-address"),
    };
}

static ClusterNode of_node(Value node) {
    return (ClusterNode){
        .name = kube_object_text(node, "metadata", "name"),
        .machine_id = kube_object_text(node, "status.nodeInfo", "machineID"),
    };
}

static bool identity_list(const ClusterApi *api, const char *path, const KubeResource *resource,
                          ClusterNode (*read)(Value object), ClusterNodes *out, Diags *diags) {
    Arena *arena = api->call.arena;
    KubeRef ref = {.resource = resource};
    KubeResponse response;
    Value items;
    if (!cluster_api_list(api, str_from_cstr(path), &items, &response, diags))
        return kube_error_report(&api->call, "Nodes not listed", &ref, &response, diags);
    for (size_t i = 0; i < items.count; i++) {
        ClusterNode identity = read(value_at(items, i));
        if (identity.name.len)
            vec_push(arena, out, identity);
    }
    return true;
}

/* The Secret of a join is deleted only when its Node exists, so a join that ends meanwhile is in
 * one of both lists. */
bool node_identity_list(const ClusterApi *api, ClusterNodes *out, Diags *diags) {
    return identity_list(api, SECRETS, &cluster_api_secrets, of_secret, out, diags) &&
           identity_list(api, NODES, &cluster_api_nodes, of_node, out, diags);
}
