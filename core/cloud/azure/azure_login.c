/* azure_login: each source is a row with the settings that it needs. */
#include "azure_login.h"
#include "azure_certificate.h"
#include "base64.h"
#include "json.h"
#include "jwt.h"
#include "problem.h"
#include "process_secrets.h"
#include "url.h"
#include "uuid.h"

#define ASSERTION_TYPE  "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define AUDIENCE        "api://AzureADTokenExchange"
#define ASSERTION_S     600
#define MACHINE_URL     "http://169.254.169.254/metadata/identity/oauth2/token"
#define MACHINE_CONNECT 2000
#define CLI_TIMEOUT_MS  60000
#define CLI_TERM_MS     300000 /* of a token whose end the Azure CLI does not print */
#define KEYS_VERSION    "2023-01-01"

/* One request for a token. */
typedef struct LoginCall {
    const AzureLogin *login;
    const CancelToken *cancel;
    Str *problem;
    Arena *arena;
} LoginCall;

static bool login_read_file(const LoginCall *call, Str path, const char *what, Str *out) {
    const Disk *disk = call->login->io->disk;
    int error = disk->read_file(disk->self, path, out, call->arena);
    return error == 0 || problem_set(call->problem, call->arena,
                                     "the file \"%.*s\" (%s) cannot be "
                                     "read: %s",
                                     STR_ARG(path), what, strerror(-error));
}

/* Sets *out to the text, else to the content of the file; both must be equal if both are given. */
static bool login_text(const LoginCall *call, Str text, Str path, const char *what, Str *out) {
    Str content = STR_EMPTY;
    *out = text;
    if (path.len == 0)
        return true;
    if (!login_read_file(call, path, what, &content))
        return false;
    *out = str_trim(content);
    return text.len == 0 || str_equal(text, *out) ||
           problem_set(call->problem, call->arena,
                       "the %s and its file are not equal: set one of them", what);
}

static bool login_client(const LoginCall *call, Str *out) {
    const AzureLoginSettings *settings = &call->login->settings;
    return login_text(call, settings->client_id, settings->client_id_file, "client ID", out);
}

static Str login_member(Value object, const char *name) {
    Value member;
    bool is_text = value_find_present(object, str_from_cstr(name), &member) &&
                   member.type->kind == KIND_STRING;
    return is_text ? value_text(member) : STR_EMPTY;
}

/* Services write numbers as numbers or as texts. */
static bool login_number(Value object, const char *name, int64_t *out) {
    Value member;
    if (!value_find_present(object, str_from_cstr(name), &member))
        return false;
    if (member.type->kind == KIND_STRING)
        return str_to_int64(value_text(member), out);
    return member.type->kind == KIND_NUMBER && value_to_int(member, out);
}

static int64_t login_now_ms(const LoginCall *call) {
    const Clock *clock = call->login->io->clock;
    return clock->now_ms(clock->self);
}

/* Sends the request for the token itself. */
static bool login_ask(const LoginCall *call, HttpRequest *request, AccessToken *out) {
    Value reply;
    int64_t seconds;
    request->cancel = call->cancel;
    if (!azure_cloud_ask(call->login->io, request, &reply, call->problem, call->arena))
        return false;
    out->text = login_member(reply, "access_token");
    if (out->text.len == 0 || !login_number(reply, "expires_in", &seconds) || seconds <= 0 ||
        seconds > INT32_MAX)
        return problem_set(call->problem, call->arena,
                           "%.*s: the response has no access token with a term",
                           STR_ARG(url_redact(request->url, call->arena)));
    out->expires_ms = login_now_ms(call) + seconds * 1000;
    return true;
}

/* What a client proves itself with. */
typedef struct LoginProof {
    Str authority; /* address of the login service */
    Str tenant;
    Str client;
    Str secret;    /* or */
    Str assertion; /* a signed token */
} LoginProof;

static Str login_token_url(const LoginProof *proof, Arena *arena) {
    return str_format(arena, "%.*s/%.*s/oauth2/v2.0/token", STR_ARG(proof->authority),
                      STR_ARG(url_encode(proof->tenant, false, arena)));
}

static bool login_exchange(const LoginCall *call, const LoginProof *proof, AccessToken *out) {
    Arena *arena = call->arena;
    Str scope = str_concat(call->login->resource, STR("/.default"), arena);
    HttpRequest request = {.method = STR("POST"), .url = login_token_url(proof, arena)};
    StrBuf body = strbuf_new(arena);
    strbuf_add_format(&body, "grant_type=client_credentials&client_id=%.*s&scope=%.*s",
                      STR_ARG(url_encode(proof->client, false, arena)),
                      STR_ARG(url_encode(scope, false, arena)));
    if (proof->assertion.len)
        strbuf_add_format(&body, "&client_assertion_type=%.*s&client_assertion=%.*s",
                          STR_ARG(url_encode(STR(ASSERTION_TYPE), false, arena)),
                          STR_ARG(url_encode(proof->assertion, false, arena)));
    else
        strbuf_add_format(&body, "&client_secret=%.*s",
                          STR_ARG(url_encode(proof->secret, false, arena)));
    request.body = strbuf_str(&body);
    http_add_header(&request.headers, "content-type", STR("application/x-www-form-urlencoded"),
                    arena);
    return login_ask(call, &request, out);
}

static LoginProof login_proof(const LoginCall *call) {
    return (LoginProof){.authority = call->login->cloud.login,
                        .tenant = call->login->settings.tenant_id};
}

/* Returns the file of the certificate. */
static bool login_certificate_bytes(const LoginCall *call, Str *out) {
    const AzureLoginSettings *settings = &call->login->settings;
    if (settings->certificate.len == 0)
        return login_read_file(call, settings->certificate_file, "client certificate", out);
    return base64_decode(settings->certificate, out, call->arena) ||
           problem_text(call->problem, "the client certificate is not base64");
}

static Str login_claims(const LoginCall *call, const LoginProof *proof) {
    Arena *arena = call->arena;
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    int64_t now_s = login_now_ms(call) / 1000;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "aud", login_token_url(proof, arena));
    json_key_string(&writer, "iss", proof->client);
    json_key_string(&writer, "sub", proof->client);
    json_key_string(&writer, "jti", uuid_v4(arena));
    json_key_int(&writer, "iat", now_s);
    json_key_int(&writer, "nbf", now_s);
    json_key_int(&writer, "exp", now_s + ASSERTION_S);
    json_object_end(&writer);
    return strbuf_str(&text);
}

static bool login_by_certificate(const LoginCall *call, AccessToken *out) {
    LoginProof proof = login_proof(call);
    AzureCertificate certificate;
    Str bytes;
    if (!login_client(call, &proof.client) || !login_certificate_bytes(call, &bytes) ||
        !azure_certificate_read(bytes, call->login->settings.certificate_password, &certificate,
                                call->problem, call->arena))
        return false;
    JwtRequest jwt = {.key = certificate.key,
                      .certificate = certificate.certificate,
                      .claims = login_claims(call, &proof)};
    return jwt_sign(&jwt, &proof.assertion, call->problem, call->arena) &&
           login_exchange(call, &proof, out);
}

static bool login_by_secret(const LoginCall *call, AccessToken *out) {
    const AzureLoginSettings *settings = &call->login->settings;
    LoginProof proof = login_proof(call);
    return login_client(call, &proof.client) &&
           login_text(call, settings->client_secret, settings->client_secret_file, "client secret",
                      &proof.secret) &&
           login_exchange(call, &proof, out);
}

/* Asks the pipeline for its token: Azure DevOps by POST, others as GitHub does. */
static bool login_ask_pipeline(const LoginCall *call, Str *out) {
    const AzureLoginSettings *settings = &call->login->settings;
    Arena *arena = call->arena;
    bool is_ado = settings->ado_connection.len > 0;
    Str connection = url_encode(settings->ado_connection, false, arena);
    Str added =
        is_ado ? str_format(arena, "api-version=7.1&serviceConnectionId=%.*s", STR_ARG(connection))
               : str_concat(STR("audience="), url_encode(STR(AUDIENCE), false, arena), arena);
    bool has_query = str_find_char(settings->oidc_request_url, '?', 0) != SIZE_MAX;
    HttpRequest request = {.method = is_ado ? STR("POST") : STR_EMPTY,
                           .url =
                               str_format(arena, "%.*s%c%.*s", STR_ARG(settings->oidc_request_url),
                                          has_query ? '&' : '?', STR_ARG(added)),
                           .cancel = call->cancel};
    Value reply;
    http_add_header(&request.headers, "authorization",
                    str_concat(STR("Bearer "), settings->oidc_request_token, arena), arena);
    http_add_header(&request.headers, "accept",
                    is_ado ? STR("application/json") : STR("application/json; api-version=2.0"),
                    arena);
    http_add_header(&request.headers, "content-type", STR("application/json"), arena);
    if (is_ado) {
        http_add_header(&request.headers, "x-tfs-fedauthredirect", STR("Suppress"), arena);
        http_add_header(&request.headers, "content-length", STR("0"), arena);
    }
    if (!azure_cloud_ask(call->login->io, &request, &reply, call->problem, arena))
        return false;
    *out = login_member(reply, is_ado ? "oidcToken" : "value");
    return out->len > 0 ||
           problem_text(call->problem, "the pipeline handed out no token for the exchange");
}

static bool login_by_oidc(const LoginCall *call, AccessToken *out) {
    const AzureLoginSettings *settings = &call->login->settings;
    LoginProof proof = login_proof(call);
    bool has_token = settings->oidc_token.len || settings->oidc_token_file.len;
    if (!login_client(call, &proof.client))
        return false;
    bool ok = has_token ? login_text(call, settings->oidc_token, settings->oidc_token_file,
                                     "OIDC token", &proof.assertion)
                        : login_ask_pipeline(call, &proof.assertion);
    return ok && login_exchange(call, &proof, out);
}

static bool login_by_machine(const LoginCall *call, AccessToken *out) {
    const AzureLoginSettings *settings = &call->login->settings;
    Arena *arena = call->arena;
    Str endpoint = settings->machine_endpoint.len ? settings->machine_endpoint : STR(MACHINE_URL);
    StrBuf url = strbuf_new(arena);
    Str client;
    if (!login_client(call, &client))
        return false;
    strbuf_add_format(&url, "%.*s?api-version=2018-02-01&resource=%.*s", STR_ARG(endpoint),
                      STR_ARG(url_encode(call->login->resource, false, arena)));
    if (client.len)
        strbuf_add_format(&url, "&client_id=%.*s", STR_ARG(url_encode(client, false, arena)));
    /* A proxy that every host bypasses hides the proxies of the environment. */
    HttpRequest request = {.url = strbuf_str(&url),
                           .proxy = STR("http://127.0.0.1:9"),
                           .no_proxy = STR("*"),
                           .connect_timeout_ms = MACHINE_CONNECT};
    http_add_header(&request.headers, "metadata", STR("true"), arena);
    return login_ask(call, &request, out);
}

/* The webhook of AKS sets these variables in the pod. */
static bool login_by_workload(const LoginCall *call, AccessToken *out) {
    const Process *process = call->login->io->process;
    LoginProof proof = login_proof(call);
    Str client = process_variable(process, "AZURE_CLIENT_ID");
    Str tenant = process_variable(process, "AZURE_TENANT_ID");
    Str authority = process_variable(process, "AZURE_AUTHORITY_HOST");
    Str path = process_variable(process, "AZURE_FEDERATED_TOKEN_FILE");
    if (!login_client(call, &proof.client))
        return false;
    proof.client = client.len ? client : proof.client;
    proof.tenant = tenant.len ? tenant : proof.tenant;
    while (str_ends_with(authority, STR("/")))
        authority = str_slice(authority, 0, authority.len - 1);
    proof.authority = authority.len ? authority : proof.authority;
    if (path.len == 0 || proof.client.len == 0 || proof.tenant.len == 0)
        return problem_text(call->problem,
                            "AZURE_FEDERATED_TOKEN_FILE, AZURE_CLIENT_ID or AZURE_TENANT_ID is not "
                            "set: does the pod have the label azure.workload.identity/use?");
    return login_text(call, STR_EMPTY, path, "AZURE_FEDERATED_TOKEN_FILE", &proof.assertion) &&
           login_exchange(call, &proof, out);
}

static bool login_by_cli(const LoginCall *call, AccessToken *out) {
    const Process *process = call->login->io->process;
    Arena *arena = call->arena;
    Str tenant = call->login->settings.tenant_id;
    const char *argv[] = {"az",
                          "account",
                          "get-access-token",
                          "--output",
                          "json",
                          "--resource",
                          str_to_cstr(call->login->resource, arena),
                          NULL,
                          NULL,
                          NULL};
    /* The Azure CLI uses its own login. AZURE_ are its settings. */
    static const char *const withheld[] = {SECRETS_OF_LOAM, "ARM_",      "AWS_",
                                           "GOOGLE_",       "CLOUDSDK_", NULL};
    ProcessRequest request = {.argv = argv,
                              .withheld = withheld,
                              .timeout_ms = CLI_TIMEOUT_MS,
                              .ends_group = true,
                              .cancel = call->cancel};
    ProcessResult result = {0};
    Value reply;
    int64_t seconds;
    if (tenant.len) {
        argv[7] = "--tenant";
        argv[8] = str_to_cstr(tenant, arena);
    }
    int error = process->run(process->self, &request, &result, arena);
    if (error < 0)
        return problem_set(call->problem, arena,
                           "the Azure CLI (az) cannot be started: %s. Set credentials, or install "
                           "it and run \"az login\"",
                           process_error(error));
    if (result.timed_out || result.exit_status != 0)
        return problem_set(call->problem, arena,
                           "\"az account get-access-token\" %s. Run \"az login\"",
                           result.timed_out ? "had not ended after a minute" : "failed");
    if (!json_parse_object(result.out, &reply, arena) ||
        login_member(reply, "accessToken").len == 0)
        return problem_text(call->problem, "\"az account get-access-token\" prints no token");
    out->text = login_member(reply, "accessToken");
    bool has_end =
        login_number(reply, "expires_on", &seconds) && seconds > 0 && seconds < INT64_MAX / 1000;
    out->expires_ms = has_end ? seconds * 1000 : login_now_ms(call) + CLI_TERM_MS;
    return true;
}

typedef struct LoginSource {
    const char *name; /* for messages and logs */
    bool (*is_named)(const AzureLoginSettings *settings);
    bool (*fetch)(const LoginCall *call, AccessToken *out);
    bool needs_client; /* and a tenant */
} LoginSource;

static bool login_has_certificate(const AzureLoginSettings *settings) {
    return settings->certificate.len || settings->certificate_file.len;
}

static bool login_has_secret(const AzureLoginSettings *settings) {
    return settings->client_secret.len || settings->client_secret_file.len;
}

static bool login_has_oidc(const AzureLoginSettings *settings) {
    return settings->uses_oidc;
}

static bool login_has_machine(const AzureLoginSettings *settings) {
    return settings->uses_machine;
}

static bool login_has_workload(const AzureLoginSettings *settings) {
    return settings->uses_workload;
}

static bool login_has_cli(const AzureLoginSettings *settings) {
    return settings->uses_cli;
}

/* Azure DevOps is a form of OIDC. */
static const LoginSource sources[] = {
    {"client certificate", login_has_certificate, login_by_certificate, true},
    {"client secret", login_has_secret, login_by_secret, true},
    {"OIDC", login_has_oidc, login_by_oidc, true},
    {"managed identity", login_has_machine, login_by_machine, false},
    {"workload identity", login_has_workload, login_by_workload, false},
    {"Azure CLI", login_has_cli, login_by_cli, false},
};

static const LoginSource *login_find(const AzureLoginSettings *settings) {
    for (size_t i = 0; i < ARRAY_COUNT(sources); i++) {
        if (sources[i].is_named(settings))
            return &sources[i];
    }
    return NULL;
}

bool azure_login_check(const AzureLoginSettings *settings, Str *problem) {
    const LoginSource *source = login_find(settings);
    bool has_token = settings->oidc_token.len || settings->oidc_token_file.len;
    bool has_pipeline = settings->oidc_request_url.len && settings->oidc_request_token.len;
    if (!source)
        return problem_text(problem, "no source of access tokens is configured");
    if (source->needs_client && settings->tenant_id.len == 0)
        return problem_text(problem, "\"tenant_id\" is not set");
    if (source->needs_client && settings->client_id.len == 0 && settings->client_id_file.len == 0)
        return problem_text(problem, "neither \"client_id\" nor \"client_id_file_path\" is set");
    if (source->fetch == login_by_oidc && !has_token && !has_pipeline)
        return problem_text(problem,
                            "\"use_oidc\" requires \"oidc_token\", \"oidc_token_file_path\", or "
                            "\"oidc_request_url\" with \"oidc_request_token\"");
    return true;
}

bool azure_login_fetch(void *self, const CancelToken *cancel, AccessToken *out, Str *problem,
                       Arena *arena) {
    const AzureLogin *login = self;
    const LoginSource *source = login_find(&login->settings);
    Str why = STR_EMPTY;
    LoginCall call = {login, cancel, &why, arena};
    if (!source)
        return problem_text(problem, "no source of access tokens is configured");
    if (source->fetch(&call, out))
        return true;
    return problem_set(problem, arena, "no access token (%s): %.*s", source->name, STR_ARG(why));
}

bool azure_login_fetch_key(void *self, const CancelToken *cancel, AccessToken *out, Str *problem,
                           Arena *arena) {
    AzureAccountKeys *keys = self;
    AccessToken token = {0};
    Str why = STR_EMPTY;
    Value reply, list;
    if (!azure_login_fetch(&keys->login, cancel, &token, problem, arena))
        return false;
    HttpRequest request = {.method = STR("POST"),
                           .url =
                               str_format(arena,
                                          "%.*s/subscriptions/%.*s/resourceGroups/%.*s/providers/"
                                          "Microsoft.Storage/storageAccounts/%.*s/listKeys"
                                          "?api-version=" KEYS_VERSION,
                                          STR_ARG(keys->login.cloud.manager),
                                          STR_ARG(url_encode(keys->subscription_id, false, arena)),
                                          STR_ARG(url_encode(keys->resource_group, false, arena)),
                                          STR_ARG(url_encode(keys->account, false, arena))),
                           .cancel = cancel};
    http_add_header(&request.headers, "authorization",
                    str_concat(STR("Bearer "), token.text, arena), arena);
    http_add_header(&request.headers, "content-length", STR("0"), arena);
    if (!azure_cloud_ask(keys->login.io, &request, &reply, &why, arena))
        return problem_set(problem, arena, "the keys of the storage account cannot be listed: %.*s",
                           STR_ARG(why));
    bool has_key = value_find_present(reply, STR("keys"), &list) && list.type->kind == KIND_TUPLE &&
                   list.count > 0 && value_at(list, 0).type->kind == KIND_OBJECT;
    out->text = has_key ? login_member(value_at(list, 0), "value") : STR_EMPTY;
    out->expires_ms = 0;
    return out->text.len > 0 ||
           problem_text(problem, "the resource manager lists no key of the storage account");
}
