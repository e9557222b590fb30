/* One object of the bucket for each key. */
#include "gcs_objects.h"

typedef struct GcsObjects {
    NamedObjects store;
    const GcsClient *client;
    Str prefix;
} GcsObjects;

static Str objects_name(const GcsObjects *objects, Str key, Arena *arena) {
    return str_concat(objects->prefix, key, arena);
}

static bool gcs_objects_list(void *self, StrVec *out, Str *problem, Arena *arena) {
    const GcsObjects *objects = self;
    StrVec names = {0};
    if (gcs_client_list(objects->client, objects->prefix, false, &names, problem, arena) !=
        GCS_DONE)
        return false;
    vec_each(&names, name) {
        vec_push(arena, out, str_after(*name, objects->prefix.len));
    }
    return true;
}

static bool gcs_objects_get(void *self, Str key, Str *out, bool *found, Str *problem,
                            Arena *arena) {
    const GcsObjects *objects = self;
    GcsObject object = {.name = objects_name(objects, key, arena)};
    GcsStatus status = gcs_client_read(objects->client, &object, problem, arena);
    *out = object.bytes;
    *found = status == GCS_DONE;
    return status != GCS_FAILED;
}

static GcsStatus objects_write(const GcsObjects *objects, Str key, Str bytes, Str generation,
                               Str *problem, Arena *arena) {
    GcsObject stored;
    GcsObject object = {
        .name = objects_name(objects, key, arena), .bytes = bytes, .generation = generation};
    return gcs_client_write(objects->client, &object, &stored, problem, arena);
}

static bool gcs_objects_put(void *self, Str key, Str bytes, Str *problem, Arena *arena) {
    return objects_write(self, key, bytes, STR_EMPTY, problem, arena) == GCS_DONE;
}

static bool gcs_objects_drop(void *self, Str key, Str *problem, Arena *arena) {
    const GcsObjects *objects = self;
    return gcs_client_delete(objects->client, objects_name(objects, key, arena), STR_EMPTY, problem,
                             arena) != GCS_FAILED;
}

static bool gcs_objects_create(void *self, Str key, Str bytes, bool *exists, Str *problem,
                               Arena *arena) {
    GcsStatus status = objects_write(self, key, bytes, GCS_NO_OBJECT, problem, arena);
    *exists = status == GCS_CHANGED;
    return status == GCS_DONE;
}

NamedObjects *gcs_objects_new(const GcsClient *client, Str prefix, Arena *arena) {
    GcsObjects *objects = arena_new(arena, GcsObjects);
    objects->client = client;
    objects->prefix = prefix;
    objects->store = (NamedObjects){
        .self = objects,
        .name =
            str_format(arena, "gs://%.*s/%.*s", STR_ARG(client->settings.bucket), STR_ARG(prefix)),
        .list = gcs_objects_list,
        .get = gcs_objects_get,
        .put = gcs_objects_put,
        .drop = gcs_objects_drop,
        .create = gcs_objects_create,
    };
    return &objects->store;
}
