/* kube_plans: Secrets loam-plan-WORKSPACE-SUFFIX.KEY with labels of plans; KEY is as in
 * plan_store.h. */
#include "kube_object.h"
#include "kube_store.h"
#include "problem.h"

#define ENTRY "plan"
#define TRIES 3

static Str kube_plans_secret(const KubeStore *store, Str key, Arena *arena) {
    return str_format(arena, "%.*s.%.*s", STR_ARG(store->plans), STR_ARG(key));
}

static bool kube_plans_list(void *self, StrVec *out, Str *problem, Arena *arena) {
    const KubeStore *store = self;
    KubeResult result;
    StrVec names = {0};
    Str selector = kube_store_selector(store, KUBE_PLAN, arena);
    if (kube_store_list_names(store, selector, &names, &result, arena) != KUBE_DONE) {
        *problem = result.problem;
        return false;
    }
    Str prefix = kube_plans_secret(store, STR_EMPTY, arena);
    vec_each(&names, name) {
        if (str_starts_with(*name, prefix))
            vec_push(arena, out, str_after(*name, prefix.len));
    }
    return true;
}

static bool kube_plans_get(void *self, Str key, Str *out, bool *found, Str *problem, Arena *arena) {
    const KubeStore *store = self;
    KubeResult result;
    Str name = kube_plans_secret(store, key, arena);
    KubeOutcome status = kube_store_get(store, KUBE_SECRET, name, &result, arena);
    *problem = result.problem;
    *found = status == KUBE_DONE && kube_store_data(result.object, ENTRY, out, arena);
    return status != KUBE_FAILED;
}

/* Returns whether the labels are those of this workspace: the names of two workspaces with
 * different suffixes may be the same. */
static bool kube_plans_is_own(const KubeStore *store, Value secret) {
    return str_equal(kube_object_text(secret, "metadata.labels", "loam-plan-suffix"),
                     store->suffix) &&
           str_equal(kube_object_text(secret, "metadata.labels", "loam-plan-workspace"),
                     store->workspace);
}

/* Replaces the version of the Secret that it reads; KUBE_CONFLICT: there is another one now. */
static KubeOutcome kube_plans_replace(const KubeStore *store, Str name, Str bytes,
                                      KubeResult *result, Arena *arena) {
    KubeOutcome status = kube_store_get(store, KUBE_SECRET, name, result, arena);
    if (status != KUBE_DONE)
        return status == KUBE_ABSENT ? KUBE_CONFLICT : status;
    if (!kube_plans_is_own(store, result->object)) {
        result->problem =
            str_format(arena, "the Secret \"%.*s\" belongs to another state", STR_ARG(name));
        return KUBE_FAILED;
    }
    Value secret = kube_store_with_data(result->object, ENTRY, bytes, arena);
    return kube_store_update(store, KUBE_SECRET, name, secret, result, arena);
}

static bool kube_plans_put(void *self, Str key, Str bytes, Str *problem, Arena *arena) {
    const KubeStore *store = self;
    KubeOutcome status = KUBE_CONFLICT;
    KubeResult result;
    Str name = kube_plans_secret(store, key, arena);
    Value secret = kube_store_new(store, KUBE_SECRET, name, KUBE_PLAN, arena);
    secret = kube_store_with_data(secret, ENTRY, bytes, arena);
    for (int i = 0; i < TRIES && status == KUBE_CONFLICT; i++) {
        status = kube_store_create(store, KUBE_SECRET, secret, &result, arena);
        if (status == KUBE_CONFLICT)
            status = kube_plans_replace(store, name, bytes, &result, arena);
    }
    *problem = result.problem;
    return status == KUBE_DONE;
}

static bool kube_plans_drop(void *self, Str key, Str *problem, Arena *arena) {
    const KubeStore *store = self;
    KubeResult result;
    Str name = kube_plans_secret(store, key, arena);
    KubeOutcome status = kube_store_delete(store, KUBE_SECRET, name, &result, arena);
    *problem = result.problem;
    return status == KUBE_DONE;
}

NamedObjects *kube_plans_new(const KubeStore *store, Arena *arena) {
    NamedObjects *plans = arena_new(arena, NamedObjects);
    *plans = (NamedObjects){
        .self = (void *)(uintptr_t)store,
        .name = str_format(arena, "Secrets %.*s.* in namespace %.*s", STR_ARG(store->plans),
                           STR_ARG(store->space)),
        .list = kube_plans_list,
        .get = kube_plans_get,
        .put = kube_plans_put,
        .drop = kube_plans_drop,
    };
    return plans;
}
