#include "runner_plan_secrets.h"

#include "kube_list.h"
#include "kube_object.h"
#include "runner_kube.h"

static const KubeResource plan_secrets = KUBE_CORE_RESOURCE("Secret", "secrets");

/* loam-plan-WORKSPACE-SUFFIX.NAME, or with .PIECE at its end. Names of Runs have a hash. */
static bool is_of_plan(Str secret, Str name, Arena *arena) {
    Str end = str_concat(STR("."), name, arena);
    return str_ends_with(secret, end) ||
           str_find(secret, str_concat(end, STR("."), arena), 0) != SIZE_MAX;
}

static void own_secrets(Runner *runner, const KubeCall *call) {
    const RunOrder *order = &runner->order;
    KubeListRequest request = {
        .ref = {&plan_secrets, order->stack.namespace},
        .label_selector = STR("loam-plan-suffix"),
        .only_metadata = true,
    };
    Str body = str_format(
        runner->arena,
        "{\"metadata\":{\"ownerReferences\":[{\"apiVersion\":\"infra.loam.internal/v1alpha1\","
        "\"kind\":\"Run\",\"name\":%.*s,\"uid\":%.*s}]}}",
        STR_ARG(json_text(value_string(order->run.name, runner->arena), runner->arena)),
        STR_ARG(json_text(value_string(order->run.uid, runner->arena), runner->arena)));
    KubeResponse response;
    KubeList list;
    if (kube_list_read(call, &request, &list, &response, NULL) != KUBE_DONE)
        return;
    vec_each(&list.items, item) {
        Str name = kube_object_text(*item, "metadata", "name");
        KubePatch patch = {.ref = {&plan_secrets, order->stack.namespace, name},
                           .body = body,
                           .manager = STR("loam-runner"),
                           .is_repeatable = true};
        if (is_of_plan(name, order->run.name, runner->arena))
            (void)kube_call_patch(call, &patch, &response, NULL);
    }
}

void runner_plan_secrets_own(Runner *runner) {
    Str type = runner->order.backend.type, problem;
    KubeTarget target = {0};
    if (type.len > 0 && !str_equal_cstr(type, "kubernetes"))
        return;
    if (!runner_kube_find(runner, &target, &problem))
        return;
    SCOPED(KubeClientRef) client = kube_client_open(runner->io, &target, NULL);
    KubeCall call = runner_kube_call(runner, client);
    own_secrets(runner, &call);
}
