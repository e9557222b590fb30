/* ephemeral argocd_initial_admin: the password that Argo CD makes at its first start. */
#include "argocd_provider.h"

#include "base64.h"
#include "kube_object.h"
#include "object_builder.h"
#include "object_lookup.h"
#include "path_error.h"

#define ADMIN_SECRET "argocd-initial-admin-secret"
#define ADMIN_ACTION "Password of Argo CD not read"

static const KubeResource admin_secrets = KUBE_CORE_RESOURCE("Secret", "secrets");

static bool admin_open(const Call *call, const OpenRequest *, OpenResponse *response,
                       Diags *diags) {
    KubeRef ref = {
        .resource = &admin_secrets,
        .namespace = object_text(response->result, "namespace", STR("argocd")),
        .name = STR(ADMIN_SECRET),
    };
    ObjectLookup lookup = {
        .call = call,
        .action = ADMIN_ACTION,
        .key = object_key_of_ref(&ref),
        .deferred = &response->deferred,
        .diags = diags,
        .target.kube = cluster_call(call),
    };
    ObjectBuilder builder = object_builder_of(response->result, call->arena);
    KubeResponse reply;
    Value live;
    Str password;
    if (kube_call_get(&lookup.target.kube, &ref, &reply, diags) != KUBE_DONE ||
        !kube_client_decode(&reply, &live, call->arena))
        return object_lookup_fail(&lookup, &ref, &reply);
    if (!base64_decode(kube_object_text(live, "data", "password"), &password, call->arena) ||
        password.len == 0)
        return path_error(call, NO_PATH, diags, ADMIN_ACTION,
                          "The Secret \"" ADMIN_SECRET
                          "\" in namespace \"%.*s\" has no password. Argo "
                          "CD makes it when its server starts first.",
                          STR_ARG(ref.namespace));
    object_builder_set_text(&builder, "username", STR("admin"), call->arena);
    object_builder_set_text(&builder, "password", password, call->arena);
    response->result = object_builder_value(&builder);
    return true;
}

static const Attribute initial_admin_attributes[] = {
    {"namespace", &TYPE_STRING, OPTIONAL, "Namespace of Argo CD (default \"argocd\")."},
    {"username", &TYPE_STRING, COMPUTED, "Name of the user: \"admin\"."},
    {"password", &TYPE_STRING, COMPUTED | SENSITIVE, "The password."},
};

const EphemeralType ephemeral_argocd_initial_admin = {
    .mode = MODE_EPHEMERAL,
    .name = "argocd_initial_admin",
    .schema = {SCHEMA_ATTRIBUTES(initial_admin_attributes),
               .description = "The first password of Argo CD, for the time of a run. It exists "
                              "until a user deletes its Secret."},
    .open = admin_open,
};
