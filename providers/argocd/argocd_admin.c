/* argocd_admin: reads the Secret, and applies two of its keys with a field manager of their own, so
 * that an apply of the manifest leaves them. */
#include "argocd_admin.h"

#include "base64.h"
#include "bcrypt.h"
#include "cluster.h"
#include "kube_error.h"
#include "kube_object.h"
#include "path_error.h"

#define SECRET    "argocd-secret"
#define MANAGER   "loam-admin-password"
#define ACTION    "Password of Argo CD not set"
#define HASH      "admin.password"
#define HASHED_AT "admin.passwordMtime"

static const KubeResource secrets = {
    .version = STR_CONST("v1"),
    .kind = STR_CONST("Secret"),
    .plural = STR_CONST("secrets"),
    .is_namespaced = true,
};

Str argocd_admin_problem(Str password, Arena *arena) {
    if (password.len == 0)
        return STR("The password is empty.");
    if (password.len > BCRYPT_TEXT_MAX)
        return str_format(arena, "The password has %zu bytes; bcrypt uses only the first %zu.",
                          password.len, BCRYPT_TEXT_MAX);
    return str_find_char(password, '\0', 0) == SIZE_MAX ? STR_EMPTY
                                                        : STR("The password has a NUL character.");
}

static Value encoded(Str text, Arena *arena) {
    return value_from_str(base64_encode(text, arena));
}

static Str admin_body_of(const KubeRef *ref, Str hash, Str time, Arena *arena) {
    Value body = value_object(NULL, NULL, 0, arena);
    body = kube_object_with(body, "", "apiVersion", value_from_cstr("v1"), arena);
    body = kube_object_with(body, "", "kind", value_from_cstr("Secret"), arena);
    body = kube_object_with(body, "metadata", "name", value_from_str(ref->name), arena);
    body = kube_object_with(body, "metadata", "namespace", value_from_str(ref->namespace), arena);
    body = kube_object_with(body, "data", HASH, encoded(hash, arena), arena);
    body = kube_object_with(body, "data", HASHED_AT, encoded(time, arena), arena);
    return json_text(body, arena);
}

bool argocd_admin_set(const Call *call, Str namespace, Str password, bool is_due, Diags *diags) {
    KubeCall kube = cluster_call(call);
    KubeRef ref = {.resource = &secrets, .namespace = namespace, .name = STR(SECRET)};
    const Clock *clock = call->io->clock;
    KubeResponse response;
    Value live;
    Str hash;
    if (kube_call_get(&kube, &ref, &response, diags) != KUBE_DONE ||
        !kube_client_decode(&response, &live, call->arena)) {
        kube_error_report(&kube, ACTION, &ref, &response, diags);
        return false;
    }
    if (!is_due && kube_object_text(live, "data", HASH).len)
        return true;
    if (!bcrypt_hash(password, BCRYPT_COST_USUAL, &hash, call->arena))
        return path_error(call, PATH_AT(call, {"admin_password_wo"}), diags, ACTION,
                          "The password cannot be hashed with bcrypt.");
    Str time = clock_format_rfc3339(clock->now_ms(clock->self), call->arena);
    KubeApply apply = {
        .ref = ref,
        .body = admin_body_of(&ref, hash, time, call->arena),
        .manager = STR(MANAGER),
        .should_force = true,
    };
    if (kube_call_apply(&kube, &apply, &response, diags) == KUBE_DONE)
        return true;
    kube_error_report(&kube, ACTION, &ref, &response, diags);
    return false;
}
