#include "wait_gate.h"
#include "kube_list.h"
#include "wait_follow.h"
#include "wait_until.h"

typedef struct Gate {
    const char *group;
    const char *kind;
    const char *goal;
    bool adds_kinds;
} Gate;

static const Gate gates[] = {
    {"", "Namespace", "active", false},
    {"apiextensions.k8s.io", "CustomResourceDefinition", "established", true},
    {"apiregistration.k8s.io", "APIService", "available", true},
};

static const Gate *gate_of(const KubeResource *resource) {
    for (size_t i = 0; i < ARRAY_COUNT(gates); i++) {
        if (str_equal_cstr(resource->kind, gates[i].kind) &&
            str_equal_cstr(resource->group, gates[i].group))
            return &gates[i];
    }
    return NULL;
}

bool wait_gate_has_one(const KubeResource *resource) {
    return gate_of(resource) != NULL;
}

static Readiness gate_look(void *, Value object, Arena *arena) {
    return readiness_of(object, NULL, arena);
}

/* The wait for the kinds of a definition in discovery. */
typedef struct Serving {
    const WaitObject *wait;
    Value object;
} Serving;

/* A server may list a kind and respond to it with 404 for a moment. Any other error, such as that
 * of a conversion webhook without a backend, comes from the kind itself. */
static bool responds(const KubeCall *call, const KubeResource *resource, KubeResponse *response) {
    KubeList list;
    KubeListRequest request = {
        .ref = {.resource = resource}, .only_metadata = true, .count_max = 1, .page_size = 1};
    KubeOutcome outcome = kube_list_read(call, &request, &list, response, NULL);
    return outcome == KUBE_DONE || (response->code != 0 && response->code != 404);
}

/* Returns why this version cannot be used yet; empty if it can. */
static Str find_obstacle(const Serving *serving, const KubeCall *call, Str api_version) {
    KubeResource resource;
    KubeResponse response;
    Str kind = kube_object_text(serving->object, "spec.names", "kind");
    Str plural = kube_object_text(serving->object, "spec.names", "plural");
    KubeOutcome outcome = kube_discovery_find(
        serving->wait->discovery, call, (KubeKind){api_version, kind}, &resource, &response, NULL);
    if (outcome == KUBE_FAILED)
        return str_format(call->arena, "discovery failed: %.*s", STR_ARG(response.problem));
    /* A plural of another definition, which had the kind before, does not count. */
    bool is_found = outcome == KUBE_DONE && str_equal(resource.plural, plural);
    if (is_found && responds(call, &resource, &response))
        return STR_EMPTY;
    return str_format(call->arena, "%.*s is not served yet", STR_ARG(api_version));
}

static WaitLook look_for_kinds(void *payload, Wait *wait) {
    const Serving *serving = payload;
    KubeCall call = wait_object_call(serving->wait, wait->call->deadline_ms, wait->call->arena);
    Value versions = kube_object_list(serving->object, "spec", "versions");
    Str group = kube_object_text(serving->object, "spec", "group");
    for (size_t i = 0; i < versions.count; i++) {
        Str name = kube_object_text(value_at(versions, i), "", "name");
        Str api_version = str_format(call.arena, "%.*s/%.*s", STR_ARG(group), STR_ARG(name));
        if (!kube_object_is_true(value_at(versions, i), "", "served"))
            continue;
        wait->reason = find_obstacle(serving, &call, api_version);
        if (wait->reason.len == 0)
            continue;
        kube_discovery_drop(serving->wait->discovery);
        return WAIT_LOOK_AGAIN;
    }
    return WAIT_LOOK_DONE;
}

static bool wait_for_kinds(const WaitObject *wait, Value object, Diags *diags) {
    Serving serving = {.wait = wait, .object = object};
    Str title = kube_resource_title(&wait->ref, wait->call->arena);
    Str what = str_format(wait->call->arena, "the kinds of %.*s", STR_ARG(title));
    WaitUntil until = {
        .what = str_to_cstr(what, wait->call->arena),
        .look = look_for_kinds,
        .payload = &serving,
        .timeout_ms = wait->call->deadline_ms ? 0 : 60000,
        .pauses = {.first_ms = 100},
    };
    return wait_until_done(wait->call, &until, diags);
}

bool wait_gate(const WaitObject *wait, Value *object, Diags *diags) {
    const Gate *gate = gate_of(wait->ref.resource);
    if (!gate)
        return true;
    WaitFollow follow = {
        .goal = gate->goal,
        .hint = "Other objects need it. Correct it, or allow more time in \"timeouts\".",
        .failure_hint = "Other objects need it. Correct it.",
        .look = gate_look,
    };
    if (!wait_follow_until(wait, &follow, object, diags))
        return false;
    if (!gate->adds_kinds)
        return true;
    bool is_definition = str_equal(wait->ref.resource->kind, STR("CustomResourceDefinition"));
    if (is_definition)
        return wait_for_kinds(wait, *object, diags);
    kube_discovery_drop(wait->discovery);
    return true;
}
