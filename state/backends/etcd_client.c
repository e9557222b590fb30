/* etcd_client: the JSON form of requests and replies. Keys and values are base64, 64-bit integers
 * are strings. */
#include "etcd_client.h"
#include "base64.h"
#include "http_send.h"
#include "json.h"
#include "log.h"
#include "problem.h"
#include "thread.h"
#include "url.h"

#define ETCD_BODY_LIMIT ((uint64_t)128 << 20)
#define CONNECT_MS      5000
#define RESPONSE_MS     30000
#define ROUNDS          6 /* number of passes over all endpoints */
#define FIRST_WAIT_MS   200
#define MOST_WAIT_MS    3200

struct EtcdClient {
    const Io *io;
    EtcdConfig config;
    pthread_mutex_t mutex;
    size_t current;     /* index of the endpoint */
    Arena *token_arena; /* guarded by the mutex, like the token: calls come from several threads */
    Str token;
};

typedef struct Call {
    const char *path; /* such as kv/txn */
    Str body;
    int64_t timeout_ms;
    int rounds;
    const CancelToken *cancel;
    Str token; /* empty: without authentication */
} Call;

EtcdClient *etcd_client_open(const Io *io, const EtcdConfig *config, Arena *arena) {
    EtcdClient *client = arena_new(arena, EtcdClient);
    client->io = io;
    client->config = *config;
    client->token_arena = arena_open("etcd token");
    pthread_mutex_init(&client->mutex, NULL);
    return client;
}

void etcd_client_close(EtcdClient *client) {
    pthread_mutex_destroy(&client->mutex);
    arena_close(client->token_arena);
}

static size_t current_endpoint(EtcdClient *client) {
    LOCKED(&client->mutex);
    return client->current;
}

static void prefer_endpoint(EtcdClient *client, size_t index) {
    LOCKED(&client->mutex);
    client->current = index;
}

static Str client_copy_token(EtcdClient *client, Arena *arena) {
    LOCKED(&client->mutex);
    return str_clone(client->token, arena);
}

static void set_token(EtcdClient *client, Str token) {
    LOCKED(&client->mutex);
    arena_reset(client->token_arena);
    client->token = str_clone(token, client->token_arena);
}

static int64_t int_of(Value object, const char *name) {
    Value value;
    int64_t number = 0;
    if (!value_find_present(object, str_from_cstr(name), &value))
        return 0;
    if (value.type->kind == KIND_NUMBER)
        return value_to_int(value, &number) ? number : 0;
    uint64_t magnitude;
    return value.type->kind == KIND_STRING && str_to_uint64(value_text(value), &magnitude)
               ? (int64_t)magnitude
               : 0;
}

static Str client_bytes_of(Value object, const char *name, Arena *arena) {
    Str bytes = STR_EMPTY;
    return base64_decode(value_text_at(object, str_from_cstr(name)), &bytes, arena) ? bytes
                                                                                    : STR_EMPTY;
}

typedef enum Outcome {
    OUTCOME_DONE,
    OUTCOME_NEXT,            /* this endpoint failed, another may succeed */
    OUTCOME_UNAUTHENTICATED, /* authentication is required or has expired */
    OUTCOME_REFUSED,
} Outcome;

static Outcome classify(const HttpResponse *response, Value *out, Str *problem, Arena *arena) {
    bool is_json = json_parse_any(response->body, out, NULL, NULL, arena);
    if (response->code == 200 && is_json)
        return OUTCOME_DONE;
    Str message = is_json ? value_text_at(*out, STR("message")) : STR_EMPTY;
    if (is_json && message.len == 0)
        message = value_text_at(*out, STR("error"));
    *problem = message.len > 0 ? message : str_format(arena, "HTTP status %d", response->code);
    if (response->code == 401)
        return OUTCOME_UNAUTHENTICATED;
    bool is_full =
        str_find(message, STR("space exceeded"), 0) != SIZE_MAX; /* so are the other endpoints */
    bool passes = response->code >= 500 || response->code == 429 || response->code == 200;
    return passes && !is_full ? OUTCOME_NEXT : OUTCOME_REFUSED;
}

/* A server may repeat a failed request, and that of a login holds the password in its body. */
static void hide_password(const EtcdClient *client, HttpResponse *response, Arena *arena) {
    StrVec secrets = {0};
    if (response->code == 200 || client->config.password.len == 0)
        return;
    vec_push(arena, &secrets, client->config.password);
    response->body = log_scrub(response->body, &secrets, arena);
}

static Outcome send_to(EtcdClient *client, size_t endpoint, const Call *call, Value *out,
                       Str *problem, Arena *arena) {
    const EtcdConfig *config = &client->config;
    Str base = config->endpoints.items[endpoint];
    HttpRequest request = {
        .method = STR("POST"),
        .url = str_format(arena, "%.*s/v3/%s", STR_ARG(base), call->path),
        .body = call->body,
        .ca_certs = config->ca_certs,
        .certificate = config->certificate,
        .key = config->key,
        .redirect_limit = -1,
        .connect_timeout_ms = CONNECT_MS,
        .timeout_ms = call->timeout_ms,
        .body_limit = ETCD_BODY_LIMIT,
        .cancel = call->cancel,
        .cancel_at = CANCEL_NOW,
    };
    vec_push(arena, &request.headers, (HttpHeader){STR("Content-Type"), STR("application/json")});
    vec_push(arena, &request.headers, (HttpHeader){STR("Expect"), STR_EMPTY});
    if (call->token.len > 0)
        vec_push(arena, &request.headers, (HttpHeader){STR("Authorization"), call->token});
    HttpResponse response;
    HttpStatus status = http_send(client->io, &request, &response, problem, arena);
    if (status == HTTP_DONE) {
        hide_password(client, &response, arena);
        return classify(&response, out, problem, arena);
    }
    *problem = str_format(arena, "%.*s: %.*s", STR_ARG(url_redact(base, arena)), STR_ARG(*problem));
    bool is_final = status == HTTP_CANCELLED || status == HTTP_BAD_CERTIFICATE ||
                    status == HTTP_NO_CLIENT || status == HTTP_REFUSED_URL;
    return is_final ? OUTCOME_REFUSED : OUTCOME_NEXT;
}

static Outcome authenticate(EtcdClient *client, size_t endpoint, const Call *call, Str *problem,
                            Arena *arena) {
    StrBuf body = strbuf_new(arena);
    JsonWriter writer;
    Value response;
    json_writer_init(&writer, &body, 0);
    json_object_start(&writer);
    json_key_string(&writer, "name", client->config.username);
    json_key_string(&writer, "password", client->config.password);
    json_object_end(&writer);
    Call login = *call;
    login.path = "auth/authenticate";
    login.body = strbuf_str(&body);
    login.token = STR_EMPTY;
    Outcome outcome = send_to(client, endpoint, &login, &response, problem, arena);
    if (outcome == OUTCOME_DONE)
        set_token(client, value_text_at(response, STR("token")));
    return outcome == OUTCOME_UNAUTHENTICATED ? OUTCOME_REFUSED : outcome;
}

/* A token is valid for some minutes, and only until the server restarts. After a rejection, the
 * client requests a new one. */
static Outcome send_authenticated(EtcdClient *client, size_t endpoint, const Call *call, Value *out,
                                  Str *problem, Arena *arena) {
    bool has_name = client->config.username.len > 0;
    Call with_token = *call;
    Outcome outcome = OUTCOME_UNAUTHENTICATED;
    with_token.token = client_copy_token(client, arena);
    if (!has_name || with_token.token.len > 0)
        outcome = send_to(client, endpoint, &with_token, out, problem, arena);
    if (outcome != OUTCOME_UNAUTHENTICATED || !has_name)
        return outcome == OUTCOME_UNAUTHENTICATED ? OUTCOME_REFUSED : outcome;
    outcome = authenticate(client, endpoint, call, problem, arena);
    if (outcome != OUTCOME_DONE)
        return outcome;
    with_token.token = client_copy_token(client, arena);
    outcome = send_to(client, endpoint, &with_token, out, problem, arena);
    return outcome == OUTCOME_UNAUTHENTICATED ? OUTCOME_REFUSED : outcome;
}

static bool call_etcd(EtcdClient *client, const Call *call, Value *out, Str *problem,
                      Arena *arena) {
    const Clock *clock = client->io->clock;
    size_t count = client->config.endpoints.count;
    size_t first = current_endpoint(client);
    int64_t wait = FIRST_WAIT_MS;
    for (int round = 0; round < call->rounds; round++) {
        for (size_t i = 0; i < count; i++) {
            size_t endpoint = (first + i) % count;
            Outcome outcome = send_authenticated(client, endpoint, call, out, problem, arena);
            if (outcome == OUTCOME_DONE)
                prefer_endpoint(client, endpoint);
            if (outcome != OUTCOME_NEXT)
                return outcome == OUTCOME_DONE;
        }
        if (round + 1 < call->rounds && cancel_level(call->cancel) < CANCEL_NOW)
            (void)clock->sleep_ms(clock->self, wait, NULL);
        wait = wait * 2 > MOST_WAIT_MS ? MOST_WAIT_MS : wait * 2;
    }
    return false;
}

static void write_bytes(JsonWriter *writer, const char *key, Str bytes, Arena *arena) {
    if (bytes.len > 0)
        json_key_string(writer, key, base64_encode(bytes, arena));
}

static void client_write_number(JsonWriter *writer, const char *key, int64_t number, Arena *arena) {
    json_key_string(writer, key, str_format(arena, "%lld", (long long)number));
}

static void write_operation(JsonWriter *writer, const EtcdOperation *operation, Arena *arena) {
    static const char *const names[] = {
        [ETCD_PUT] = "request_put",
        [ETCD_DELETE] = "request_delete_range",
        [ETCD_RANGE] = "request_range",
    };
    json_object_start(writer);
    json_key_object(writer, names[operation->kind]);
    write_bytes(writer, "key", operation->key, arena);
    write_bytes(writer, "value", operation->value, arena);
    write_bytes(writer, "range_end", operation->range_end, arena);
    if (operation->lease != 0)
        client_write_number(writer, "lease", operation->lease, arena);
    if (operation->revision != 0)
        client_write_number(writer, "revision", operation->revision, arena);
    if (operation->keys_only)
        json_key_bool(writer, "keys_only", true);
    json_object_end(writer);
    json_object_end(writer);
}

static void write_operations(JsonWriter *writer, const char *key, const EtcdOperations *operations,
                             Arena *arena) {
    json_key_array(writer, key);
    vec_each(operations, operation) {
        write_operation(writer, operation, arena);
    }
    json_array_end(writer);
}

static Str encode_txn(const EtcdTxn *txn, Arena *arena) {
    StrBuf body = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &body, 0);
    json_object_start(&writer);
    json_key_array(&writer, "compare");
    vec_each(&txn->compares, compare) {
        json_object_start(&writer);
        write_bytes(&writer, "key", compare->key, arena);
        json_key_string(&writer, "target", STR("CREATE"));
        json_key_string(&writer, "result", STR("EQUAL"));
        client_write_number(&writer, "create_revision", compare->create_revision, arena);
        json_object_end(&writer);
    }
    json_array_end(&writer);
    write_operations(&writer, "success", &txn->success, arena);
    write_operations(&writer, "failure", &txn->failure, arena);
    json_object_end(&writer);
    return strbuf_str(&body);
}

static void client_add_found(Value range, EtcdResponse *out, Arena *arena) {
    Value list = value_tuple_at(range, STR("kvs"));
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        EtcdKeyValue found = {
            .key = client_bytes_of(item, "key", arena),
            .value = client_bytes_of(item, "value", arena),
            .create_revision = int_of(item, "create_revision"),
        };
        vec_push(arena, &out->found, found);
    }
}

EtcdOperation etcd_client_put(Str key, Str value) {
    return (EtcdOperation){.kind = ETCD_PUT, .key = key, .value = value};
}

EtcdOperation etcd_client_range(Str key, Str range_end) {
    return (EtcdOperation){.kind = ETCD_RANGE, .key = key, .range_end = range_end};
}

EtcdOperation etcd_client_delete(Str key, Str range_end) {
    return (EtcdOperation){.kind = ETCD_DELETE, .key = key, .range_end = range_end};
}

bool etcd_client_txn(EtcdClient *client, const EtcdTxn *txn, const CancelToken *cancel,
                     EtcdResponse *out, Str *problem, Arena *arena) {
    Call call = {"kv/txn", encode_txn(txn, arena), RESPONSE_MS, ROUNDS, cancel};
    Value response, header, range;
    *out = (EtcdResponse){0};
    if (!call_etcd(client, &call, &response, problem, arena))
        return false;
    Value succeeded;
    out->succeeded =
        value_find_present(response, STR("succeeded"), &succeeded) && value_is_true(succeeded);
    if (value_find_present(response, STR("header"), &header))
        out->revision = int_of(header, "revision");
    Value responses = value_tuple_at(response, STR("responses"));
    for (size_t i = 0; i < responses.count; i++) {
        if (value_find_present(value_at(responses, i), STR("response_range"), &range))
            client_add_found(range, out, arena);
    }
    return true;
}

static Str lease_body(const char *key, int64_t number, Arena *arena) {
    return str_format(arena, "{\"%s\":\"%lld\"}", key, (long long)number);
}

bool etcd_client_grant(EtcdClient *client, int64_t seconds, const CancelToken *cancel,
                       int64_t *lease, Str *problem, Arena *arena) {
    Call call = {"lease/grant", lease_body("TTL", seconds, arena), RESPONSE_MS, ROUNDS, cancel};
    Value response;
    if (!call_etcd(client, &call, &response, problem, arena))
        return false;
    *lease = int_of(response, "ID");
    if (*lease != 0)
        return true;
    return problem_text(problem, "etcd granted no lease");
}

bool etcd_client_revoke(EtcdClient *client, int64_t lease, const CancelToken *cancel, Str *problem,
                        Arena *arena) {
    Call call = {"lease/revoke", lease_body("ID", lease, arena), RESPONSE_MS, 2, cancel};
    Value response;
    return call_etcd(client, &call, &response, problem, arena) ||
           str_find(*problem, STR("lease not found"), 0) != SIZE_MAX;
}

LeaseResult etcd_client_keep(EtcdClient *client, int64_t lease, int64_t timeout_ms,
                             const CancelToken *cancel, Str *problem, Arena *arena) {
    int64_t each = timeout_ms / (int64_t)client->config.endpoints.count;
    Call call = {"lease/keepalive", lease_body("ID", lease, arena), each > 100 ? each : 100, 1,
                 cancel};
    Value response, result;
    if (!call_etcd(client, &call, &response, problem, arena))
        return LEASE_NO_REPLY;
    if (value_find_present(response, STR("result"), &result) && int_of(result, "TTL") > 0)
        return LEASE_RENEWED;
    *problem = STR("the etcd lease expired");
    return LEASE_LOST;
}

Str etcd_client_range_end(Str prefix, Arena *arena) {
    char *bytes = arena_alloc(arena, prefix.len);
    memcpy(bytes, prefix.ptr, prefix.len);
    for (size_t i = prefix.len; i-- > 0;) {
        if ((uint8_t)bytes[i] < 0xff) {
            bytes[i]++;
            return (Str){bytes, i + 1};
        }
    }
    return (Str){"\0", 1}; /* stands for the end of all keys */
}

EtcdKeyValue *etcd_client_find(const EtcdResponse *response, Str key) {
    for (size_t i = 0; i < response->found.count; i++) {
        if (str_equal(response->found.items[i].key, key))
            return &response->found.items[i];
    }
    return NULL;
}
