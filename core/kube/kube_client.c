/* HTTP, and what the server says in a Status object. */
#include "kube_client.h"
#include "utf8.h"

#define BODY_LIMIT ((uint64_t)1 << 30)

static void add_header(HttpRequest *request, const char *name, Str value, Arena *arena) {
    vec_push(arena, &request->headers, (HttpHeader){str_from_cstr(name), value});
}

static HttpRequest request_to(
    const KubeClient *client, const char *method, Str path, Str body, Arena *arena) {
    const KubeTarget *target = &client->target;
    HttpRequest request = {
        .method = str_from_cstr(method),
        .url = str_concat(target->server, path, arena),
        .body = body,
        .user = target->user,
        .password = target->password,
        .authorities = target->authorities,
        .certificate = target->certificate,
        .key = target->key,
        .skip_verify = target->skip_verify,
        .redirect_limit = -1,
        .body_limit = BODY_LIMIT,
        .retries = client->retries,
        .cancel = client->cancel ? *client->cancel : NULL,
        .cancel_at = CANCEL_NOW,
    };
    add_header(&request, "Accept", STR("application/json"), arena);
    add_header(&request, "Expect", STR_EMPTY, arena); /* no waiting for leave to send */
    if (body.len)
        add_header(&request, "Content-Type", STR("application/json"), arena);
    if (target->token.len)
        add_header(&request, "Authorization", str_concat(STR("Bearer "), target->token, arena),
                   arena);
    return request;
}

/* "the server answers 403 Forbidden (secrets is forbidden: User "x" cannot …)" */
static Str describe(const HttpResponse *response, Value status, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str reason = kube_client_text(status, "", "reason");
    Str message = kube_client_text(status, "", "message");
    strbuf_add_format(&text, "the server answers %d", response->code);
    if (reason.len)
        strbuf_add_format(&text, " %.*s", STR_ARG(reason));
    if (message.len)
        strbuf_add_format(&text, " (%.*s)", STR_ARG(message));
    return utf8_strip_controls(strbuf_str(&text), arena);
}

KubeStatus kube_client_send(const KubeClient *client,
                            const char *method,
                            Str path,
                            Str body,
                            KubeAnswer *out,
                            Arena *arena) {
    HttpRequest request = request_to(client, method, path, body, arena);
    HttpResponse response = {0};
    const char *error;
    size_t offset;
    *out = (KubeAnswer){.object = value_null(&TYPE_DYNAMIC)};
    if (http_send(client->io, &request, &response, &out->problem, arena) != HTTP_DONE)
        return KUBE_FAILED;
    bool is_json = json_parse_any(response.body, &out->object, &error, &offset, arena);
    if (response.code >= 200 && response.code < 300) {
        if (!is_json)
            out->problem = STR("the answer is not JSON, so it is not from a Kubernetes API server");
        return is_json ? KUBE_DONE : KUBE_FAILED;
    }
    out->problem = describe(&response, out->object, arena);
    bool is_status = str_equal(kube_client_text(out->object, "", "kind"), STR("Status"));
    if (response.code == 404 && is_status)
        return KUBE_ABSENT;
    return response.code == 409 ? KUBE_CONFLICT : KUBE_FAILED;
}

/* -- objects ------------------------------------------------------------------------------ */

static bool find_member(Value object, Str name, Value *out) {
    bool is_object = value_is_present(object) && object.type->kind == KIND_OBJECT;
    return is_object && value_find(object, name, out) && value_is_present(*out);
}

bool kube_client_find(Value object, const char *path, const char *last, Value *out) {
    Str rest = str_from_cstr(path);
    Str name;
    while (rest.len && str_next_field(&rest, '.', &name)) {
        if (!find_member(object, name, &object))
            return false;
    }
    return find_member(object, str_from_cstr(last), out);
}

Str kube_client_text(Value object, const char *path, const char *last) {
    Value found;
    bool is_text = kube_client_find(object, path, last, &found) && found.type->kind == KIND_STRING;
    return is_text ? value_text(found) : STR_EMPTY;
}

static Value with_member(Value object, Str name, Value value, Arena *arena) {
    bool is_object = value_is_present(object) && object.type->kind == KIND_OBJECT;
    size_t count = is_object ? object.count : 0;
    Str *names = arena_new_array(arena, Str, count + 1);
    Value *values = arena_new_array(arena, Value, count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (str_equal(value_key_at(object, i), name))
            continue;
        names[kept] = value_key_at(object, i);
        values[kept++] = value_at(object, i);
    }
    if (value_is_present(value)) {
        names[kept] = name;
        values[kept++] = value;
    }
    return value_object(names, values, kept, arena);
}

static Value with_path(Value object, Str path, Str last, Value value, Arena *arena) {
    Str name;
    Value inner = value_null(&TYPE_DYNAMIC);
    if (path.len == 0)
        return with_member(object, last, value, arena);
    (void)str_next_field(&path, '.', &name);
    (void)find_member(object, name, &inner);
    return with_member(object, name, with_path(inner, path, last, value, arena), arena);
}

Value kube_client_with(
    Value object, const char *path, const char *last, Value value, Arena *arena) {
    return with_path(object, str_from_cstr(path), str_from_cstr(last), value, arena);
}
