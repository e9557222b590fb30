/* One object of the bucket for each key. */
#include "s3_objects.h"
#include "problem.h"

typedef struct S3Objects {
    NamedObjects store;
    const S3Lock *lock;
    const S3Client *client;
    Str prefix;
} S3Objects;

static Str objects_key(const S3Objects *objects, Str key, Arena *arena) {
    return str_concat(objects->prefix, key, arena);
}

static bool s3_objects_list(void *self, StrVec *out, Str *problem, Arena *arena) {
    const S3Objects *objects = self;
    StrVec keys = {0};
    if (s3_client_list(objects->client, objects->prefix, &keys, problem, arena) != S3_DONE)
        return false;
    vec_each(&keys, key) {
        vec_push(arena, out, str_after(*key, objects->prefix.len));
    }
    return true;
}

static bool s3_objects_get(void *self, Str key, Str *out, bool *found, Str *problem, Arena *arena) {
    const S3Objects *objects = self;
    S3Status status =
        s3_client_get(objects->client, objects_key(objects, key, arena), out, problem, arena);
    *found = status == S3_DONE;
    return status == S3_DONE || status == S3_ABSENT;
}

static bool s3_objects_put(void *self, Str key, Str bytes, Str *problem, Arena *arena) {
    const S3Objects *objects = self;
    S3Object object = {.key = objects_key(objects, key, arena), .bytes = bytes};
    return s3_client_put(objects->client, &object, problem, arena) == S3_DONE;
}

static bool s3_objects_drop(void *self, Str key, Str *problem, Arena *arena) {
    const S3Objects *objects = self;
    return s3_client_delete(objects->client, objects_key(objects, key, arena), STR_EMPTY, problem,
                            arena) == S3_DONE;
}

static bool s3_objects_create(void *self, Str key, Str bytes, bool *exists, Str *problem,
                              Arena *arena) {
    const S3Objects *objects = self;
    const S3Lock *lock = objects->lock;
    Diags lost = diags_new(arena);
    Str there;
    if (!s3_lock_is_held(lock, &lost))
        return problem_text(problem, "the lock was lost, because it was not renewed in time");
    S3Object object = {
        .key = objects_key(objects, key, arena),
        .bytes = bytes,
        .version = s3_lock_exists(lock) ? S3_NO_OBJECT : STR_EMPTY,
    };
    S3Status status = s3_client_put(objects->client, &object, problem, arena);
    if (status == S3_UNCONDITIONAL && !lock->uses_object) {
        object.version = STR_EMPTY;
        status = s3_client_put(objects->client, &object, problem, arena);
    }
    if (status != S3_EXISTS)
        return status == S3_DONE;
    status = s3_client_get(objects->client, object.key, &there, problem, arena);
    bool is_same = status == S3_DONE && str_equal(there, bytes);
    *exists = status != S3_FAILED && !is_same;
    return is_same;
}

NamedObjects *s3_objects_new(const S3Lock *lock, Str prefix, Arena *arena) {
    S3Objects *objects = arena_new(arena, S3Objects);
    objects->lock = lock;
    objects->client = lock->client;
    objects->prefix = prefix;
    objects->store = (NamedObjects){
        .self = objects,
        .name = str_format(arena, "s3://%.*s/%.*s", STR_ARG(lock->client->settings.bucket),
                           STR_ARG(prefix)),
        .list = s3_objects_list,
        .get = s3_objects_get,
        .put = s3_objects_put,
        .drop = s3_objects_drop,
        .create = s3_objects_create,
    };
    return &objects->store;
}
