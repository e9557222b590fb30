/* consul_client: one HTTP request per call. */
#include "consul_client.h"
#include "base64.h"
#include "http_send.h"
#include "json.h"
#include "problem.h"
#include "url.h"

#define BODY_LIMIT  ((uint64_t)192 << 20) /* base64 of a state and its journal */
#define CONNECT_MS  5000
#define RESPONSE_MS 30000
#define RETRIES     6
#define WAIT_MS     200
#define WAIT_MAX_MS 3200
#define SHOWN_BYTES ((size_t)300)

/* The flags by which other clients of Consul recognize a lock; without them, they reject the key.
 */
#define LOCK_FLAGS "3304740253564472344"

static Str client_url(const ConsulClient *client, const char *path, Str name, const char *query,
                      Arena *arena) {
    Str dc = client->config.datacenter;
    Str url = str_format(arena, "%.*s/v1/%s%.*s%s", STR_ARG(client->config.base), path,
                         STR_ARG(url_encode(name, true, arena)), query);
    if (dc.len == 0)
        return url;
    return str_format(arena, "%.*s%cdc=%.*s", STR_ARG(url), *query ? '&' : '?',
                      STR_ARG(url_encode(dc, false, arena)));
}

/* Answers of Consul's errors are plain text. */
static Str client_reason(const HttpResponse *response, Arena *arena) {
    Str text = str_trim(str_slice(response->body, 0, SHOWN_BYTES));
    if (text.len == 0)
        return str_format(arena, "HTTP status %d", response->code);
    return str_format(arena, "HTTP status %d, %.*s", response->code, STR_ARG(text));
}

static ConsulStatus client_classify(const HttpResponse *response, Str *problem, Arena *arena) {
    switch (response->code) {
    case 200: return CONSUL_DONE;
    case 404: return CONSUL_ABSENT;
    case 409: return CONSUL_CONFLICT;
    default: *problem = client_reason(response, arena); return CONSUL_FAILED;
    }
}

/* Returns whether the server says that there is no such key. A web server of another kind also
 * responds with 404, and must not pass for a store without a state. */
static bool client_is_absent(const HttpResponse *response) {
    return http_header(response, "x-consul-index").len > 0;
}

/* Completes the request and sends it. */
static ConsulStatus consul_client_send(const ConsulClient *client, HttpRequest *request,
                                       HttpResponse *response, Str *problem, Arena *arena) {
    const ConsulConfig *config = &client->config;
    request->user = config->user;
    request->password = config->password;
    request->ca_certs = config->ca_certs;
    request->certificate = config->certificate;
    request->key = config->key;
    request->server_name = config->server_name;
    request->skip_verify = config->skip_verify;
    request->redirect_limit = -1;
    request->connect_timeout_ms = CONNECT_MS;
    request->body_limit = BODY_LIMIT;
    request->cancel_at = CANCEL_NOW;
    if (request->timeout_ms == 0) {
        request->timeout_ms = RESPONSE_MS;
        request->cancel = *client->cancel;
        request->retries = RETRIES;
        request->retry_wait_ms = WAIT_MS;
        request->retry_wait_max_ms = WAIT_MAX_MS;
    }
    http_add_header(&request->headers, "Expect", STR_EMPTY, arena);
    if (config->token.len > 0)
        http_add_header(&request->headers, "X-Consul-Token", config->token, arena);
    if (http_send(client->io, request, response, problem, arena) == HTTP_DONE)
        return client_classify(response, problem, arena);
    *problem = str_format(arena, "%.*s: %.*s", STR_ARG(url_redact(client->config.base, arena)),
                          STR_ARG(*problem));
    return CONSUL_FAILED;
}

static ConsulStatus client_reject(Str *problem) {
    *problem = STR("the response is not that of a Consul server");
    return CONSUL_FAILED;
}

static int64_t client_index_of(Value pair) {
    int64_t index;
    return value_find_int(pair, STR("ModifyIndex"), &index) ? index : 0;
}

static bool client_add_pair(Value pair, ConsulPairs *out, Arena *arena) {
    ConsulPair found = {
        .key = value_text_at(pair, STR("Key")),
        .session = value_text_at(pair, STR("Session")),
        .index = client_index_of(pair),
    };
    Str text = value_text_at(pair, STR("Value")); /* null: empty */
    if (found.key.len == 0 || !base64_decode(text, &found.value, arena))
        return false;
    vec_push(arena, out, found);
    return true;
}

/* Reads the array at a URL. CONSUL_ABSENT: there is no such key. */
static ConsulStatus client_read_list(const ConsulClient *client, Str url, Value *out, Str *problem,
                                     Arena *arena) {
    HttpResponse response = {0};
    HttpRequest request = {.url = url};
    *out = (Value){0};
    ConsulStatus status = consul_client_send(client, &request, &response, problem, arena);
    if (status == CONSUL_FAILED || (status == CONSUL_ABSENT && client_is_absent(&response)))
        return status;
    if (status != CONSUL_DONE || !json_parse_any(response.body, out, NULL, NULL, arena) ||
        out->type->kind != KIND_TUPLE)
        return client_reject(problem);
    return CONSUL_DONE;
}

ConsulStatus consul_client_list(const ConsulClient *client, Str prefix, ConsulPairs *out,
                                Str *problem, Arena *arena) {
    Str url = client_url(client, "kv/", prefix, "?recurse&consistent", arena);
    Value list;
    ConsulStatus status = client_read_list(client, url, &list, problem, arena);
    if (status != CONSUL_DONE)
        return status == CONSUL_ABSENT ? CONSUL_DONE : status;
    for (size_t i = 0; i < list.count; i++) {
        if (!client_add_pair(value_at(list, i), out, arena))
            return client_reject(problem);
    }
    return CONSUL_DONE;
}

ConsulStatus consul_client_get(const ConsulClient *client, Str key, ConsulPair *out, Str *problem,
                               Arena *arena) {
    ConsulPairs found = {0};
    Value list;
    *out = (ConsulPair){.key = key};
    ConsulStatus status = client_read_list(
        client, client_url(client, "kv/", key, "?consistent", arena), &list, problem, arena);
    if (status != CONSUL_DONE)
        return status;
    if (list.count != 1 || !client_add_pair(value_at(list, 0), &found, arena))
        return client_reject(problem);
    *out = found.items[0];
    return CONSUL_DONE;
}

ConsulStatus consul_client_names(const ConsulClient *client, Str prefix, bool is_flat, StrVec *out,
                                 Str *problem, Arena *arena) {
    const char *query = is_flat ? "?keys&consistent&separator=%2F" : "?keys&consistent";
    Value list;
    ConsulStatus status = client_read_list(client, client_url(client, "kv/", prefix, query, arena),
                                           &list, problem, arena);
    if (status != CONSUL_DONE)
        return status == CONSUL_ABSENT ? CONSUL_DONE : status;
    for (size_t i = 0; i < list.count; i++) {
        Value name = value_at(list, i);
        if (value_is_present(name) && name.type->kind == KIND_STRING)
            vec_push(arena, out, value_text(name));
    }
    return CONSUL_DONE;
}

ConsulStatus consul_client_put(const ConsulClient *client, Str key, Str value, Str *problem,
                               Arena *arena) {
    HttpResponse response = {0};
    HttpRequest request = {
        .method = STR("PUT"),
        .url = client_url(client, "kv/", key, "", arena),
        .body = value,
    };
    ConsulStatus status = consul_client_send(client, &request, &response, problem, arena);
    bool is_stored = status == CONSUL_DONE && str_equal(str_trim(response.body), STR("true"));
    return is_stored || status == CONSUL_FAILED ? status : client_reject(problem);
}

static void client_write_operation(JsonWriter *writer, const ConsulOperation *operation) {
    static const char *const verbs[] = {
        [CONSUL_CAS] = "cas",
        [CONSUL_SET] = "set",
        [CONSUL_DELETE] = "delete",
        [CONSUL_DELETE_TREE] = "delete-tree",
        [CONSUL_LOCK] = "lock",
        [CONSUL_UNLOCK] = "unlock",
        [CONSUL_CHECK_SESSION] = "check-session",
    };
    json_object_start(writer);
    json_key_object(writer, "KV");
    json_key_string(writer, "Verb", str_from_cstr(verbs[operation->verb]));
    json_key_string(writer, "Key", operation->key);
    if (operation->value.len > 0)
        json_key_base64(writer, "Value", operation->value);
    if (operation->session.len > 0)
        json_key_string(writer, "Session", operation->session);
    if (operation->verb == CONSUL_CAS)
        json_key_int(writer, "Index", operation->index);
    if (operation->verb == CONSUL_LOCK || operation->verb == CONSUL_UNLOCK) {
        json_key(writer, STR("Flags"));
        json_number(writer, STR(LOCK_FLAGS));
    }
    json_object_end(writer);
    json_object_end(writer);
}

Str consul_client_encode(const ConsulOperations *operations, Arena *arena) {
    StrBuf body = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &body, 0);
    json_array_start(&writer);
    vec_each(operations, operation) {
        client_write_operation(&writer, operation);
    }
    json_array_end(&writer);
    return strbuf_str(&body);
}

/* Sets *problem to the messages of the operations that failed. A missing permission is an error of
 * an operation, too. */
static ConsulStatus client_read_errors(Value reply, Str *problem, Arena *arena) {
    Value errors = value_tuple_at(reply, STR("Errors"));
    StrBuf text = strbuf_new(arena);
    for (size_t i = 0; i < errors.count; i++) {
        Str message = value_text_at(value_at(errors, i), STR("What"));
        strbuf_add_format(&text, "%s%.*s", i > 0 ? "; " : "", STR_ARG(message));
    }
    *problem = strbuf_str(&text);
    if (problem->len == 0)
        *problem = STR("a condition of the transaction does not hold");
    bool is_denied = str_find(*problem, STR("Permission denied"), 0) != SIZE_MAX;
    return is_denied ? CONSUL_FAILED : CONSUL_CONFLICT;
}

ConsulStatus consul_client_txn(const ConsulClient *client, Str body, ConsulReply *out, Str *problem,
                               Arena *arena) {
    HttpResponse response = {0};
    HttpRequest request = {
        .method = STR("PUT"),
        .url = client_url(client, "txn", STR_EMPTY, "", arena),
        .body = body,
    };
    Value reply, pair;
    *out = (ConsulReply){0};
    http_add_header(&request.headers, "Content-Type", STR("application/json"), arena);
    ConsulStatus status = consul_client_send(client, &request, &response, problem, arena);
    out->is_retry = response.attempts > 1;
    if (status == CONSUL_ABSENT)
        return client_reject(problem);
    if (status == CONSUL_FAILED)
        return status;
    if (!json_parse_object(response.body, &reply, arena))
        return client_reject(problem);
    if (status == CONSUL_CONFLICT)
        return client_read_errors(reply, problem, arena);
    Value results = value_tuple_at(reply, STR("Results"));
    for (size_t i = 0; i < results.count; i++) {
        if (value_find_present(value_at(results, i), STR("KV"), &pair) &&
            !client_add_pair(pair, &out->changed, arena))
            return client_reject(problem);
    }
    return status;
}

ConsulStatus consul_client_open_session(const ConsulClient *client, int64_t seconds,
                                        int64_t lock_delay_seconds, Str *id, Str *problem,
                                        Arena *arena) {
    HttpResponse response = {0};
    HttpRequest request = {
        .method = STR("PUT"),
        .url = client_url(client, "session/create", STR_EMPTY, "", arena),
        .body = str_format(arena, "{\"Name\":\"loam\",\"TTL\":\"%llds\",\"LockDelay\":\"%llds\"}",
                           (long long)seconds, (long long)lock_delay_seconds),
    };
    Value reply;
    ConsulStatus status = consul_client_send(client, &request, &response, problem, arena);
    if (status == CONSUL_FAILED)
        return status;
    if (status != CONSUL_DONE || !json_parse_object(response.body, &reply, arena))
        return client_reject(problem);
    *id = value_text_at(reply, STR("ID"));
    return id->len > 0 ? CONSUL_DONE : client_reject(problem);
}

ConsulStatus consul_client_end_session(const ConsulClient *client, Str id, Str *problem,
                                       Arena *arena) {
    HttpResponse response = {0};
    HttpRequest request = {
        .method = STR("PUT"),
        .url = client_url(client, "session/destroy/", id, "", arena),
    };
    ConsulStatus status = consul_client_send(client, &request, &response, problem, arena);
    return status == CONSUL_ABSENT ? CONSUL_DONE : status;
}

LeaseResult consul_client_renew(const ConsulClient *client, Str id, int64_t timeout_ms,
                                const CancelToken *stop, Str *problem, Arena *arena) {
    HttpResponse response = {0};
    HttpRequest request = {
        .method = STR("PUT"),
        .url = client_url(client, "session/renew/", id, "", arena),
        .timeout_ms = timeout_ms,
        .cancel = stop,
    };
    switch (consul_client_send(client, &request, &response, problem, arena)) {
    case CONSUL_DONE: return LEASE_RENEWED;
    case CONSUL_ABSENT: *problem = STR("the session expired"); return LEASE_LOST;
    case CONSUL_CONFLICT: *problem = client_reason(&response, arena); return LEASE_NO_REPLY;
    case CONSUL_FAILED: break;
    }
    return LEASE_NO_REPLY;
}
