/* etcd_plans: keys PREFIX/WORKSPACE/plans/KEY; KEY is as in plan_store.h. */
#include "etcd_store.h"

static Str etcd_plans_key(const EtcdStore *store, Str key, Arena *arena) {
    return str_format(arena, "%.*splans/%.*s", STR_ARG(store->directory), STR_ARG(key));
}

static bool etcd_plans_find(const EtcdStore *store, EtcdOperation range, EtcdResponse *out,
                            Str *problem, Arena *arena) {
    EtcdTxn txn = {0};
    vec_push(arena, &txn.success, range);
    return etcd_client_txn(store->client, &txn, *store->cancel, out, problem, arena);
}

static bool etcd_plans_list(void *self, StrVec *out, Str *problem, Arena *arena) {
    const EtcdStore *store = self;
    Str prefix = etcd_plans_key(store, STR_EMPTY, arena);
    EtcdOperation all = etcd_client_range(prefix, etcd_client_range_end(prefix, arena));
    EtcdResponse response;
    all.keys_only = true;
    if (!etcd_plans_find(store, all, &response, problem, arena))
        return false;
    vec_each(&response.found, found) {
        vec_push(arena, out, str_after(found->key, prefix.len));
    }
    return true;
}

static bool etcd_plans_get(void *self, Str key, Str *out, bool *found, Str *problem, Arena *arena) {
    const EtcdStore *store = self;
    EtcdResponse response;
    key = etcd_plans_key(store, key, arena);
    if (!etcd_plans_find(store, etcd_client_range(key, STR_EMPTY), &response, problem, arena))
        return false;
    const EtcdKeyValue *pair = etcd_client_find(&response, key);
    *found = pair != NULL;
    *out = pair ? pair->value : STR_EMPTY;
    return true;
}

static bool etcd_plans_change(const EtcdStore *store, EtcdOperation operation, Str *problem,
                              Arena *arena) {
    EtcdTxn txn = {0};
    vec_push(arena, &txn.success, operation);
    return etcd_store_send_fenced(store, &txn, problem, arena);
}

static bool etcd_plans_put(void *self, Str key, Str bytes, Str *problem, Arena *arena) {
    key = etcd_plans_key(self, key, arena);
    return etcd_plans_change(self, etcd_client_put(key, bytes), problem, arena);
}

static bool etcd_plans_drop(void *self, Str key, Str *problem, Arena *arena) {
    key = etcd_plans_key(self, key, arena);
    return etcd_plans_change(self, etcd_client_delete(key, STR_EMPTY), problem, arena);
}

PlanStore *etcd_plans_new(EtcdStore *store, Arena *arena) {
    PlanStore *plans = arena_new(arena, PlanStore);
    *plans = (PlanStore){
        .self = store,
        .name = etcd_plans_key(store, STR_EMPTY, arena),
        .list = etcd_plans_list,
        .get = etcd_plans_get,
        .put = etcd_plans_put,
        .drop = etcd_plans_drop,
    };
    return plans;
}
