/* Sends requests over HTTP and explains the Status objects of failures. */
#include "kube_client.h"
#include "kube_object.h"
#include "utf8.h"

#define BODY_LIMIT ((uint64_t)128 << 20)
#define SHOWN_MAX  200 /* bytes of a response that is not JSON, in a message */

static const CancelToken *cancel_of(const KubeClient *client) {
    return client->cancel ? *client->cancel : NULL;
}

typedef struct KubeRequest {
    const char *method;
    Str path;
    Str body;
} KubeRequest;

static HttpRequest request_to(const KubeClient *client,
                              const KubeRequest *what,
                              const KubeCredential *as,
                              Arena *arena) {
    const KubeTarget *target = &client->target;
    HttpRequest request = {
        .method = str_from_cstr(what->method),
        .url = str_concat(target->server, what->path, arena),
        .body = what->body,
        .redirect_limit = -1,
        .body_limit = BODY_LIMIT,
        .retries = client->retries,
        .cancel = cancel_of(client),
        .cancel_at = CANCEL_NOW,
    };
    http_add_header(&request.headers, "Accept", STR("application/json"), arena);
    http_add_header(&request.headers, "Expect", STR_EMPTY,
                    arena); /* send the body without waiting for 100 Continue */
    if (what->body.len)
        http_add_header(&request.headers, "Content-Type", STR("application/json"), arena);
    kube_auth_apply(target, as, &request, arena);
    return request;
}

/* A proxy, or a server that is not Kubernetes, may respond in plain text. */
static Str first_line(Str body) {
    Str line;
    Str rest = str_trim(body);
    bool is_text = rest.len > 0 && rest.ptr[0] != '<' && rest.ptr[0] != '{';
    return is_text && str_next_field(&rest, '\n', &line) ? str_slice(str_trim(line), 0, SHOWN_MAX)
                                                         : STR_EMPTY;
}

/* "the server answers 403 Forbidden (secrets is forbidden: User "x" cannot …)" */
static Str describe(const HttpResponse *response, Value status, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str reason = kube_object_text(status, "", "reason");
    Str message = kube_object_text(status, "", "message");
    if (message.len == 0)
        message = first_line(response->body);
    strbuf_add_format(&text, "the server answers %d", response->code);
    if (reason.len)
        strbuf_add_format(&text, " %.*s", STR_ARG(reason));
    if (message.len)
        strbuf_add_format(
            &text, " (%.*s)",
            STR_ARG(str_slice(message, 0, message.len - str_ends_with(message, STR(".")))));
    return utf8_strip_controls(strbuf_str(&text), arena);
}

static KubeStatus send_as(const KubeClient *client,
                          const KubeRequest *what,
                          const KubeCredential *as,
                          HttpResponse *response,
                          KubeAnswer *out,
                          Arena *arena) {
    HttpRequest request = request_to(client, what, as, arena);
    const char *error;
    size_t offset;
    *out = (KubeAnswer){.object = value_null(&TYPE_DYNAMIC)};
    if (http_send(client->io, &request, response, &out->problem, arena) != HTTP_DONE)
        return KUBE_FAILED;
    bool is_json = json_parse_any(response->body, &out->object, &error, &offset, arena);
    if (response->code >= 200 && response->code < 300) {
        if (!is_json)
            out->problem = STR("the answer is not JSON, so it is not from a Kubernetes API server");
        return is_json ? KUBE_DONE : KUBE_FAILED;
    }
    out->problem = describe(response, out->object, arena);
    out->is_gone = response->code == 410;
    bool is_status = str_equal(kube_object_text(out->object, "", "kind"), STR("Status"));
    if (response->code == 404 && is_status)
        return KUBE_ABSENT;
    return response->code == 409 ? KUBE_CONFLICT : KUBE_FAILED;
}

/* A credential that the server rejects with 401 is requested again, once. */
KubeStatus kube_client_send(const KubeClient *client,
                            const char *method,
                            Str path,
                            Str body,
                            KubeAnswer *out,
                            Arena *arena) {
    KubeRequest what = {method, path, body};
    KubeCredential as = {0};
    KubeStatus status = KUBE_FAILED;
    HttpResponse response = {.code = 401};
    *out = (KubeAnswer){.object = value_null(&TYPE_DYNAMIC)};
    for (int i = 0; i < 2 && response.code == 401; i++) {
        response = (HttpResponse){0};
        if (!kube_login_get(client->login, as.number, cancel_of(client), &as, &out->problem, arena))
            return KUBE_FAILED;
        status = send_as(client, &what, &as, &response, out, arena);
        if (!kube_login_is_asked(client->login))
            break;
    }
    return status;
}
