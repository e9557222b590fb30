/* azure_blob: one request per operation; replies become a status and the end of a sentence. */
#include "azure_blob.h"
#include "azure_answer.h"
#include "http_send.h"
#include "plugin.h"
#include "problem.h"
#include "url.h"

#define API_VERSION STR("2021-12-02")
#define BODY_LIMIT  ((uint64_t)256 << 20)
#define RETRIES     5

static Plugin answer_plugin = {
    .file = AZURE_ANSWER_PLUGIN,
    .symbol = "azure_answers",
    .purpose = "the backend \"azurerm\"",
    .content = &azure_answers,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
};

static Str azure_blob_url(const AzureBlob *client, const AzureBlobCall *call, Arena *arena) {
    const AzureBlobSettings *settings = &client->settings;
    Str container = url_encode(settings->container, false, arena);
    Str name = url_encode(call->name, true, arena);
    StrBuf url = strbuf_new(arena);
    strbuf_add_format(&url, "%.*s/%.*s", STR_ARG(settings->endpoint), STR_ARG(container));
    if (name.len)
        strbuf_add_format(&url, "/%.*s", STR_ARG(name));
    if (call->query)
        strbuf_add_format(&url, "?%s", call->query);
    if (settings->sas.len)
        strbuf_add_format(&url, "%c%.*s", call->query ? '&' : '?', STR_ARG(settings->sas));
    return strbuf_str(&url);
}

static void azure_blob_add_headers(HttpRequest *request, const HttpHeaders *headers, Arena *arena) {
    vec_each(headers, header) {
        vec_push(arena, &request->headers, *header);
    }
}

/* The credential that a request used. */
typedef struct AzureBlobProof {
    TokenSource *source; /* NULL: it cannot be renewed */
    Str secret;
} AzureBlobProof;

/* Adds what authorizes the request; its other headers are complete. */
static bool azure_blob_authorize(const AzureBlob *client, HttpRequest *request,
                                 AzureBlobProof *proof, Str *problem, Arena *arena) {
    const AzureBlobSettings *settings = &client->settings;
    const Clock *clock = client->io->clock;
    int64_t now_ms = clock->now_ms(clock->self);
    AzureAccount account = settings->account;
    if (settings->sas.len)
        return true;
    proof->source = settings->tokens ? settings->tokens : settings->keys;
    if (proof->source &&
        !token_source_get(proof->source, request->cancel, &proof->secret, problem, arena))
        return false;
    if (settings->tokens) {
        http_add_header(&request->headers, "x-ms-date", azure_signature_date(now_ms, arena), arena);
        Str bearer = str_concat(STR("Bearer "), proof->secret, arena);
        http_add_header(&request->headers, "authorization", bearer, arena);
        return true;
    }
    if (settings->keys)
        account.key = proof->secret;
    return azure_signature_sign(&account, now_ms, request, arena) ||
           problem_text(problem, "the access key of the storage account is not base64");
}

static const struct {
    const char *code;
    const char *hint;
} hints[] = {
    {"ContainerNotFound", "create the container first, or correct its name"},
    {"AuthenticationFailed", "the access key, the token or this machine's clock is wrong"},
    {"AuthorizationFailure", "the credentials do not have the required permission, or the firewall "
                             "of the account rejects this machine"},
    {"AuthorizationPermissionMismatch", "the credentials do not have the required permission; "
                                        "assign the role \"Storage Blob Data Contributor\""},
    {"KeyBasedAuthenticationNotPermitted", "the account accepts no access keys; set "
                                           "\"use_azuread_auth\""},
    {"ConditionNotMet", "another program writes it at the same time"},
    {"BlobAlreadyExists", "another program writes it at the same time"},
    {"LeaseIdMissing", "another program holds the lock"},
    {"LeaseAlreadyPresent", "another program holds the lock"},
    {"LeaseIdMismatchWithBlobOperation", "another program holds the lock"},
    {"LeaseIdMismatchWithLeaseOperation", "another program holds the lock"},
    {"LeaseNotPresentWithBlobOperation", "the lock was removed"},
    {"LeaseNotPresentWithLeaseOperation", "the lock was removed"},
    {"LeaseLost", "the lock was removed"},
    {"BlockCountExceedsLimit", "the journal of one run is too long"},
};

static Str azure_blob_describe(int code, Str error, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    strbuf_add_format(&text, "HTTP status %d", code);
    if (error.len)
        strbuf_add_format(&text, " %.*s", STR_ARG(error));
    for (size_t i = 0; i < ARRAY_COUNT(hints); i++) {
        if (str_equal_cstr(error, hints[i].code))
            strbuf_add_format(&text, ": %s", hints[i].hint);
    }
    return strbuf_str(&text);
}

static AzureBlobStatus azure_blob_status(int code, Str error) {
    if (code >= 200 && code < 300)
        return AZURE_BLOB_DONE;
    switch (code) {
    case 404:
        return str_equal(error, STR("ContainerNotFound")) ? AZURE_BLOB_FAILED : AZURE_BLOB_ABSENT;
    case 409:
    case 412: return AZURE_BLOB_CONFLICT;
    default: return AZURE_BLOB_FAILED;
    }
}

static AzureBlobStatus azure_blob_try(const AzureBlob *client, const AzureBlobCall *call,
                                      AzureBlobProof *proof, AzureBlobReply *reply, Arena *arena) {
    const AzureBlobSettings *settings = &client->settings;
    HttpResponse response = {0};
    HttpRequest request = {
        .method = str_from_cstr(call->method),
        .url = azure_blob_url(client, call, arena),
        .body = call->body,
        .timeout_ms = settings->timeout_ms,
        .redirect_limit = -1,
        .retries = RETRIES,
        .body_limit = BODY_LIMIT,
        .cancel = client->cancel ? *client->cancel : NULL,
        .cancel_at = CANCEL_NOW,
    };
    *reply = (AzureBlobReply){0};
    http_add_header(&request.headers, "x-ms-version", API_VERSION, arena);
    azure_blob_add_headers(&request, &call->headers, arena);
    if (call->lease.len)
        http_add_header(&request.headers, "x-ms-lease-id", call->lease, arena);
    if (call->use == AZURE_BLOB_READ)
        azure_blob_add_headers(&request, &settings->read_headers, arena);
    else if (call->use == AZURE_BLOB_WRITE)
        azure_blob_add_headers(&request, &settings->write_headers, arena);
    if (request.body.len == 0 &&
        str_equal(request.method, STR("PUT"))) /* the service requires it */
        http_add_header(&request.headers, "content-length", STR("0"), arena);
    if (!azure_blob_authorize(client, &request, proof, &reply->problem, arena))
        return AZURE_BLOB_FAILED;
    /* Unsigned, as only the HTTP client reads it: do not wait for "100 Continue". */
    http_add_header(&request.headers, "expect", STR_EMPTY, arena);
    HttpStatus sent = http_send(client->io, &request, &response, &reply->problem, arena);
    if (sent != HTTP_DONE)
        return AZURE_BLOB_FAILED;
    reply->body = response.body;
    reply->headers = response.headers;
    reply->attempts = response.attempts;
    reply->code = str_clone(http_header(&response, "x-ms-error-code"), arena);
    AzureBlobStatus status = azure_blob_status(response.code, reply->code);
    if (status != AZURE_BLOB_DONE)
        reply->problem = azure_blob_describe(response.code, reply->code, arena);
    return status;
}

/* A rejected token or key may have been revoked or rotated, so a new one is tried once. */
AzureBlobStatus azure_blob_send(const AzureBlob *client, const AzureBlobCall *call,
                                AzureBlobReply *reply, Arena *arena) {
    AzureBlobProof proof = {0};
    AzureBlobStatus status = azure_blob_try(client, call, &proof, reply, arena);
    bool is_rejected = str_equal(reply->code, STR("AuthenticationFailed")) ||
                       str_equal(reply->code, STR("InvalidAuthenticationInfo"));
    if (status != AZURE_BLOB_FAILED || !is_rejected || !proof.source)
        return status;
    token_source_discard(proof.source, proof.secret);
    return azure_blob_try(client, call, &proof, reply, arena);
}

Str azure_blob_header(const AzureBlobReply *reply, const char *name) {
    HttpResponse response = {.headers = reply->headers};
    return http_header(&response, name);
}

AzureBlobStatus azure_blob_stat(const AzureBlob *client, Str name, Str lease, AzureBlobInfo *out,
                                Str *problem, Arena *arena) {
    AzureBlobCall call = {.method = "HEAD", .name = name, .use = AZURE_BLOB_READ, .lease = lease};
    AzureBlobReply reply;
    AzureBlobStatus status = azure_blob_send(client, &call, &reply, arena);
    *out = (AzureBlobInfo){0};
    *problem = reply.problem;
    if (status != AZURE_BLOB_DONE)
        return status;
    out->version = azure_blob_header(&reply, "etag");
    out->is_leased = str_equal(azure_blob_header(&reply, "x-ms-lease-status"), STR("locked"));
    vec_each(&reply.headers, header) {
        if (str_starts_with(header->name, STR("x-ms-meta-")))
            vec_push(arena, &out->metadata, *header);
    }
    return status;
}

AzureBlobStatus azure_blob_read(const AzureBlob *client, Str name, Str lease, Str *out,
                                Str *problem, Arena *arena) {
    AzureBlobCall call = {.method = "GET", .name = name, .use = AZURE_BLOB_READ, .lease = lease};
    AzureBlobReply reply;
    AzureBlobStatus status = azure_blob_send(client, &call, &reply, arena);
    *problem = reply.problem;
    *out = status == AZURE_BLOB_DONE ? reply.body : STR_EMPTY;
    return status;
}

AzureBlobStatus azure_blob_write(const AzureBlob *client, const AzureBlobWrite *write, Str *version,
                                 Str *problem, Arena *arena) {
    AzureBlobCall call = {.method = "PUT",
                          .name = write->name,
                          .use = AZURE_BLOB_WRITE,
                          .lease = write->lease,
                          .body = write->bytes};
    AzureBlobReply reply;
    http_add_header(&call.headers, "x-ms-blob-type",
                    write->appends ? STR("AppendBlob") : STR("BlockBlob"), arena);
    http_add_header(&call.headers, "content-type", STR("application/json"), arena);
    if (write->only_if_absent)
        http_add_header(&call.headers, "if-none-match", STR("*"), arena);
    else if (write->version.len)
        http_add_header(&call.headers, "if-match", write->version, arena);
    if (write->metadata) {
        vec_each(write->metadata, header) {
            vec_push(arena, &call.headers, *header);
        }
    }
    AzureBlobStatus status = azure_blob_send(client, &call, &reply, arena);
    *problem = reply.problem;
    if (version && status == AZURE_BLOB_DONE)
        *version = azure_blob_header(&reply, "etag");
    return status == AZURE_BLOB_ABSENT ? AZURE_BLOB_FAILED : status;
}

AzureBlobStatus azure_blob_delete(const AzureBlob *client, Str name, Str lease, Str version,
                                  Str *problem, Arena *arena) {
    AzureBlobCall call = {.method = "DELETE", .name = name, .lease = lease};
    AzureBlobReply reply;
    http_add_header(&call.headers, "x-ms-delete-snapshots", STR("include"), arena);
    if (version.len)
        http_add_header(&call.headers, "if-match", version, arena);
    AzureBlobStatus status = azure_blob_send(client, &call, &reply, arena);
    *problem = reply.problem;
    return status == AZURE_BLOB_ABSENT ? AZURE_BLOB_DONE : status;
}

static AzureBlobStatus azure_blob_page(const AzureBlob *client, Str prefix, Str marker,
                                       AzurePage *out, Str *problem, Arena *arena) {
    const AzureAnswers *answers = plugin_get(&answer_plugin, problem, arena);
    StrBuf query = strbuf_new(arena);
    AzureBlobReply reply;
    if (!answers)
        return AZURE_BLOB_FAILED;
    strbuf_add_format(&query, "restype=container&comp=list&prefix=%.*s",
                      STR_ARG(url_encode(prefix, false, arena)));
    if (marker.len)
        strbuf_add_format(&query, "&marker=%.*s", STR_ARG(url_encode(marker, false, arena)));
    AzureBlobCall call = {.method = "GET", .query = str_to_cstr(strbuf_str(&query), arena)};
    AzureBlobStatus status = azure_blob_send(client, &call, &reply, arena);
    *problem = reply.problem;
    if (status != AZURE_BLOB_DONE)
        return AZURE_BLOB_FAILED;
    if (answers->parse_page(reply.body, out, arena))
        return AZURE_BLOB_DONE;
    *problem = STR("the list of blobs is not a valid response");
    return AZURE_BLOB_FAILED;
}

AzureBlobStatus azure_blob_list(const AzureBlob *client, Str prefix, StrVec *out, Str *problem,
                                Arena *arena) {
    AzurePage page = {0};
    do {
        Str marker = page.next;
        page = (AzurePage){0};
        AzureBlobStatus status = azure_blob_page(client, prefix, marker, &page, problem, arena);
        if (status != AZURE_BLOB_DONE)
            return status;
        vec_each(&page.names, name) {
            vec_push(arena, out, *name);
        }
    } while (page.next.len);
    return AZURE_BLOB_DONE;
}
