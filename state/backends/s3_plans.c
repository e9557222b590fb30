/* One object for each key of plan_store.h. */
#include "s3_plans.h"

typedef struct S3Plans {
    PlanStore store;
    const S3Client *client;
    Str prefix;
} S3Plans;

static Str s3_plans_key(const S3Plans *plans, Str key, Arena *arena) {
    return str_concat(plans->prefix, key, arena);
}

static bool s3_plans_list(void *self, StrVec *out, Str *problem, Arena *arena) {
    const S3Plans *plans = self;
    StrVec keys = {0};
    if (s3_client_list(plans->client, plans->prefix, &keys, problem, arena) != S3_DONE)
        return false;
    vec_each(&keys, key) {
        vec_push(arena, out, str_after(*key, plans->prefix.len));
    }
    return true;
}

static bool s3_plans_get(void *self, Str key, Str *out, bool *found, Str *problem, Arena *arena) {
    const S3Plans *plans = self;
    S3Status status =
        s3_client_get(plans->client, s3_plans_key(plans, key, arena), out, problem, arena);
    *found = status == S3_DONE;
    return status == S3_DONE || status == S3_ABSENT;
}

static bool s3_plans_put(void *self, Str key, Str bytes, Str *problem, Arena *arena) {
    const S3Plans *plans = self;
    S3Object object = {.key = s3_plans_key(plans, key, arena), .bytes = bytes};
    return s3_client_put(plans->client, &object, problem, arena) == S3_DONE;
}

static bool s3_plans_drop(void *self, Str key, Str *problem, Arena *arena) {
    const S3Plans *plans = self;
    return s3_client_delete(plans->client, s3_plans_key(plans, key, arena), problem, arena) ==
           S3_DONE;
}

PlanStore *s3_plans_new(const S3Client *client, Str prefix, Arena *arena) {
    S3Plans *plans = arena_new(arena, S3Plans);
    plans->client = client;
    plans->prefix = prefix;
    plans->store = (PlanStore){
        .self = plans,
        .name =
            str_format(arena, "s3://%.*s/%.*s", STR_ARG(client->settings.bucket), STR_ARG(prefix)),
        .list = s3_plans_list,
        .get = s3_plans_get,
        .put = s3_plans_put,
        .drop = s3_plans_drop,
    };
    return &plans->store;
}
