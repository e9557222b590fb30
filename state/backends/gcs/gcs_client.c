/* gcs_client: one request per operation, in the JSON interface of the store. */
#include "gcs_client.h"
#include "base64.h"
#include "digest.h"
#include "json.h"
#include "problem.h"
#include "url.h"

static Str client_bucket(const GcsClient *client, Arena *arena) {
    return url_encode(client->settings.bucket, false, arena);
}

static Str client_object_url(const GcsClient *client, Str name, Arena *arena) {
    Str place = str_format(arena, "b/%.*s/o/%.*s", STR_ARG(client_bucket(client, arena)),
                           STR_ARG(url_encode(name, false, arena)));
    return url_resolve(client->settings.endpoint, place, arena);
}

/* Uploads have a path of their own on the same host. */
static Str client_upload_url(const GcsClient *client, const GcsObject *object, Arena *arena) {
    Str key = client->settings.kms_key;
    StrBuf place = strbuf_new(arena);
    strbuf_add_format(&place, "/upload/storage/v1/b/%.*s/o?uploadType=media&name=%.*s",
                      STR_ARG(client_bucket(client, arena)),
                      STR_ARG(url_encode(object->name, false, arena)));
    if (object->generation.len > 0)
        strbuf_add_format(&place, "&ifGenerationMatch=%.*s", STR_ARG(object->generation));
    if (key.len > 0 && !object->is_plain)
        strbuf_add_format(&place, "&kmsKeyName=%.*s", STR_ARG(url_encode(key, false, arena)));
    return url_resolve(client->settings.endpoint, strbuf_str(&place), arena);
}

/* The store encrypts with this key, and does not keep it. */
static void client_add_key(const GcsClient *client, const GcsObject *object, HttpRequest *request,
                           Arena *arena) {
    Str key = client->settings.encryption_key;
    if (key.len == 0 || object->is_plain)
        return;
    Str sum = digest_bytes(DIGEST_SHA256, key, arena);
    http_add_header(&request->headers, "x-goog-encryption-algorithm", STR("AES256"), arena);
    http_add_header(&request->headers, "x-goog-encryption-key", base64_encode(key, arena), arena);
    http_add_header(&request->headers, "x-goog-encryption-key-sha256", base64_encode(sum, arena),
                    arena);
}

/* A missing bucket has the same status as a missing object, but never an object's name. */
static bool client_has_no_bucket(const HttpResponse *response, Arena *arena) {
    Str reason = gcp_api_reason(response, arena);
    return response->code == 404 && str_find(reason, STR("bucket does not exist"), 0) != SIZE_MAX;
}

static GcsStatus client_send(const GcsClient *client, HttpRequest *request, HttpResponse *response,
                             Str *problem, Arena *arena) {
    if (!gcp_api_send(&client->api, request, response, problem, arena))
        return GCS_FAILED;
    if (response->code >= 200 && response->code < 300)
        return GCS_DONE;
    *problem = gcp_api_reason(response, arena);
    if (client_has_no_bucket(response, arena)) {
        *problem = str_format(arena, "%.*s: create the bucket first, or correct its name",
                              STR_ARG(*problem));
        return GCS_FAILED;
    }
    return response->code == 404 ? GCS_ABSENT : response->code == 412 ? GCS_CHANGED : GCS_FAILED;
}

static bool client_is_generation(Str text) {
    uint64_t number;
    return str_to_uint64(text, &number) && number > 0;
}

GcsStatus gcs_client_read(const GcsClient *client, GcsObject *object, Str *problem, Arena *arena) {
    HttpResponse response = {0};
    HttpRequest request = {
        .url = str_concat(client_object_url(client, object->name, arena), STR("?alt=media"), arena),
    };
    client_add_key(client, object, &request, arena);
    GcsStatus status = client_send(client, &request, &response, problem, arena);
    object->bytes = STR_EMPTY;
    object->generation = GCS_NO_OBJECT;
    if (status != GCS_DONE)
        return status == GCS_ABSENT ? GCS_ABSENT : GCS_FAILED;
    object->bytes = response.body;
    object->generation = str_clone(http_header(&response, "x-goog-generation"), arena);
    if (client_is_generation(object->generation))
        return GCS_DONE;
    *problem = STR("the store sends no generation of the object");
    return GCS_FAILED;
}

static GcsStatus client_upload(const GcsClient *client, GcsObject *object, Str *problem,
                               Arena *arena) {
    Value answer;
    HttpResponse response = {0};
    HttpRequest request = {
        .method = STR("POST"),
        .url = client_upload_url(client, object, arena),
        .body = object->bytes,
    };
    http_add_header(&request.headers, "content-type", STR("application/json"), arena);
    /* Do not wait for "100 Continue". */
    http_add_header(&request.headers, "expect", STR_EMPTY, arena);
    client_add_key(client, object, &request, arena);
    GcsStatus status = client_send(client, &request, &response, problem, arena);
    if (status != GCS_DONE)
        return status == GCS_CHANGED ? GCS_CHANGED : GCS_FAILED;
    Str text = STR_EMPTY;
    if (json_parse_object(response.body, &answer, arena))
        text = value_text_at(answer, STR("generation"));
    if (client_is_generation(text)) {
        object->generation = text;
        return GCS_DONE;
    }
    *problem = STR("the store sends no generation of the written object");
    return GCS_FAILED;
}

GcsStatus gcs_client_write(const GcsClient *client, GcsObject *object, GcsObject *stored,
                           Str *problem, Arena *arena) {
    GcsStatus status = client_upload(client, object, problem, arena);
    if (status != GCS_CHANGED)
        return status;
    *stored = (GcsObject){.name = object->name, .is_plain = object->is_plain};
    status = gcs_client_read(client, stored, problem, arena);
    if (status == GCS_FAILED)
        return GCS_FAILED;
    if (status == GCS_ABSENT || !str_equal(stored->bytes, object->bytes))
        return GCS_CHANGED;
    object->generation = stored->generation;
    return GCS_DONE;
}

GcsStatus gcs_client_delete(const GcsClient *client, Str name, Str generation, Str *problem,
                            Arena *arena) {
    HttpResponse response = {0};
    Str condition = str_format(arena, "?ifGenerationMatch=%.*s", STR_ARG(generation));
    HttpRequest request = {
        .method = STR("DELETE"),
        .url = str_concat(client_object_url(client, name, arena),
                          generation.len > 0 ? condition : STR_EMPTY, arena),
    };
    GcsStatus status = client_send(client, &request, &response, problem, arena);
    bool is_gone = status == GCS_ABSENT || status == GCS_CHANGED;
    return is_gone && response.attempts > 1 ? GCS_DONE : status;
}

/* Adds the names of one page, and sets *token to that of the next page; empty: none follows. */
static bool client_read_page(Str text, StrVec *out, Str *token, Arena *arena) {
    Value page, items;
    if (!json_parse_object(text, &page, arena))
        return false;
    *token = value_text_at(page, STR("nextPageToken"));
    items = value_tuple_at(page, STR("items"));
    for (size_t i = 0; i < items.count; i++) {
        Str name = value_text_at(value_at(items, i), STR("name"));
        if (name.len > 0)
            vec_push(arena, out, name);
    }
    return true;
}

GcsStatus gcs_client_list(const GcsClient *client, Str prefix, bool is_flat, StrVec *out,
                          Str *problem, Arena *arena) {
    Str token = STR_EMPTY;
    do {
        HttpResponse response = {0};
        Str place =
            str_format(arena, "b/%.*s/o?prefix=%.*s%s%s%.*s", STR_ARG(client_bucket(client, arena)),
                       STR_ARG(url_encode(prefix, false, arena)), is_flat ? "&delimiter=%2F" : "",
                       token.len ? "&pageToken=" : "", STR_ARG(url_encode(token, false, arena)));
        HttpRequest request = {.url = url_resolve(client->settings.endpoint, place, arena)};
        if (client_send(client, &request, &response, problem, arena) != GCS_DONE)
            return GCS_FAILED;
        if (!client_read_page(response.body, out, &token, arena)) {
            *problem = STR("the list of objects is not JSON");
            return GCS_FAILED;
        }
    } while (token.len > 0);
    return GCS_DONE;
}
