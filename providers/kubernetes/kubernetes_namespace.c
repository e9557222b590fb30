/* kubernetes_namespace: a namespace. */
#include "kubernetes_provider.h"

#include "kube_error.h"
#include "object_builder.h"
#include "typed_object.h"
#include "wait_gate.h"
#include "wait_until.h"

#define ACCOUNT_MS 600000 /* without a timeout of the resource */

static const KubeResource service_account = KUBE_CORE_RESOURCE("ServiceAccount", "serviceaccounts");

typedef struct AccountWait {
    KubeRef ref;
    Diags *diags;
} AccountWait;

static WaitLook look_for_account(void *payload, Wait *wait) {
    AccountWait *account = payload;
    KubeCall kube = cluster_call(wait->call);
    KubeResponse response;
    KubeOutcome outcome = kube_call_get(&kube, &account->ref, &response, account->diags);
    if (outcome == KUBE_DONE)
        return WAIT_LOOK_DONE;
    wait->reason = response.problem;
    if (outcome == KUBE_ABSENT ||
        kube_error_class(&account->ref, &response) == KUBE_ERROR_UNREACHABLE)
        return WAIT_LOOK_AGAIN;
    kube_error_report(&kube, "Service account not read", &account->ref, &response, account->diags);
    return WAIT_LOOK_FAILED;
}

/* Pods without an account need it. */
static bool wait_for_account(const Call *call, Str namespace_object, Diags *diags) {
    AccountWait account = {
        .ref = {.resource = &service_account,
                .namespace = namespace_object,
                .name = STR("default")},
        .diags = diags,
    };
    WaitUntil until = {
        .what = "the service account \"default\"",
        .look = look_for_account,
        .payload = &account,
        .timeout_ms = call->deadline_ms ? 0 : ACCOUNT_MS,
        .pauses = {.first_ms = 100, .last_ms = 1000},
    };
    return wait_until_done(call, &until, diags);
}

static bool namespace_wait(const Call *call, Value planned, ObjectApplied *applied, Diags *diags) {
    WaitObject object = object_arguments_wait_object(call, applied);
    return wait_gate(&object, &applied->live, diags) &&
           (!object_bool(planned, "wait_for_default_service_account", false) ||
            wait_for_account(call, applied->ref.name, diags));
}

static const Attribute namespace_attributes[] = {
    {"wait_for_default_service_account", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether a creation or update waits until the namespace has its service account \"default\".",
     .default_json = "false"},
    TYPED_ATTRIBUTES,
};
static const Block namespace_blocks[] = {OBJECT_METADATA_CLUSTER_BLOCK, TYPED_BLOCKS};

static const TypedObject namespace_object = {
    .api_version = "v1",
    .kind = "Namespace",
    .wait = namespace_wait,
};

const ResourceType kubernetes_namespace = {
    .name = "kubernetes_namespace",
    .schema = {SCHEMA_ATTRIBUTES(namespace_attributes), SCHEMA_BLOCKS(namespace_blocks),
               .description = "A namespace. Its deletion deletes the objects in it."},
    .payload = &namespace_object,
    TYPED_SLOTS,
};
