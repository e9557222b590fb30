/* gcp_exchange: one function for each kind of credential. */
#include "gcp_exchange.h"
#include "gcp_subject.h"
#include "json.h"
#include "jwt.h"
#include "problem.h"
#include "timestamp.h"

#define TERM_S        3600
#define SKEW_S        10 /* clocks of servers that are behind */
#define TOKEN_URI     "https://oauth2.googleapis.com/token"
#define METADATA_HOST "metadata.google.internal"
#define METADATA_PATH "/computeMetadata/v1/instance/service-accounts/default/token"
#define METADATA_WAIT 3000

static Str exchange_token_uri(const GcpCredential *credential) {
    Str uri = value_text_at(credential->file, STR("token_uri"));
    return uri.len > 0 ? uri : STR(TOKEN_URI);
}

static bool exchange_prefix(const GcpCredential *credential, Str *problem, Arena *arena) {
    return problem_set(problem, arena, "%.*s: %.*s", STR_ARG(credential->origin),
                       STR_ARG(*problem));
}

static Str exchange_claims(const GcpExchange *exchange, const GcpCredential *credential, Str scope,
                           Arena *arena) {
    const Clock *clock = exchange->io->clock;
    int64_t issued_s = clock->now_ms(clock->self) / 1000 - SKEW_S;
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "iss", value_text_at(credential->file, STR("client_email")));
    json_key_string(&writer, "scope", scope);
    json_key_string(&writer, "aud", exchange_token_uri(credential));
    json_key_int(&writer, "iat", issued_s);
    json_key_int(&writer, "exp", issued_s + TERM_S);
    json_object_end(&writer);
    return strbuf_str(&text);
}

static bool exchange_service_account(const GcpExchange *exchange, const GcpCredential *credential,
                                     Str scope, AccessToken *out, Str *problem, Arena *arena) {
    StrBuf form = strbuf_new(arena);
    Str assertion;
    JwtRequest jwt = {
        .key = value_text_at(credential->file, STR("private_key")),
        .key_id = value_text_at(credential->file, STR("private_key_id")),
        .claims = exchange_claims(exchange, credential, scope, arena),
    };
    if (!jwt_sign(&jwt, &assertion, problem, arena))
        return exchange_prefix(credential, problem, arena);
    gcp_token_request_add(&form, "grant_type", STR("urn:ietf:params:oauth:grant-type:jwt-bearer"));
    gcp_token_request_add(&form, "assertion", assertion);
    HttpRequest request = {.url = exchange_token_uri(credential), .body = strbuf_str(&form)};
    return gcp_token_request_form(exchange, &request, NULL, out, problem, arena);
}

static bool exchange_authorized_user(const GcpExchange *exchange, const GcpCredential *credential,
                                     AccessToken *out, Str *problem, Arena *arena) {
    StrBuf form = strbuf_new(arena);
    StrVec secrets = {0};
    Value file = credential->file;
    Str token = value_text_at(file, STR("refresh_token"));
    Str secret = value_text_at(file, STR("client_secret"));
    vec_push(arena, &secrets, token);
    vec_push(arena, &secrets, secret);
    gcp_token_request_add(&form, "grant_type", STR("refresh_token"));
    gcp_token_request_add(&form, "refresh_token", token);
    gcp_token_request_add(&form, "client_id", value_text_at(file, STR("client_id")));
    gcp_token_request_add(&form, "client_secret", secret);
    HttpRequest request = {.url = exchange_token_uri(credential), .body = strbuf_str(&form)};
    return gcp_token_request_form(exchange, &request, &secrets, out, problem, arena);
}

/* A pool of workforces without a client needs the project that is charged. */
static void exchange_add_options(const GcpCredential *credential, StrBuf *form, Arena *arena) {
    Str project = value_text_at(credential->file, STR("workforce_pool_user_project"));
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    if (project.len == 0 || value_text_at(credential->file, STR("client_id")).len > 0)
        return;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "userProject", project);
    json_object_end(&writer);
    gcp_token_request_add(form, "options", strbuf_str(&text));
}

static bool exchange_subject(const GcpExchange *exchange, const GcpCredential *credential,
                             Str scope, AccessToken *out, Str *problem, Arena *arena) {
    Value file = credential->file;
    StrBuf form = strbuf_new(arena);
    StrVec secrets = {0};
    Str subject;
    if (!gcp_subject_token(exchange, credential, &subject, problem, arena))
        return false;
    vec_push(arena, &secrets, subject);
    vec_push(arena, &secrets, value_text_at(file, STR("client_secret")));
    gcp_token_request_add(&form, "grant_type",
                          STR("urn:ietf:params:oauth:grant-type:token-exchange"));
    gcp_token_request_add(&form, "audience", value_text_at(file, STR("audience")));
    gcp_token_request_add(&form, "scope", scope);
    gcp_token_request_add(&form, "requested_token_type",
                          STR("urn:ietf:params:oauth:token-type:access_token"));
    gcp_token_request_add(&form, "subject_token", subject);
    gcp_token_request_add(&form, "subject_token_type",
                          value_text_at(file, STR("subject_token_type")));
    exchange_add_options(credential, &form, arena);
    HttpRequest request = {
        .url = value_text_at(file, STR("token_url")),
        .body = strbuf_str(&form),
        .user = value_text_at(file, STR("client_id")),
        .password = value_text_at(file, STR("client_secret")),
    };
    return gcp_token_request_form(exchange, &request, &secrets, out, problem, arena);
}

static bool exchange_external(const GcpExchange *exchange, const GcpCredential *credential,
                              Str scope, AccessToken *out, Str *problem, Arena *arena) {
    AccessToken token;
    Value settings;
    GcpImpersonation account = {
        .url = value_text_at(credential->file, STR("service_account_impersonation_url")),
        .scope = scope,
    };
    if (account.url.len == 0)
        return exchange_subject(exchange, credential, scope, out, problem, arena);
    if (value_find_present(credential->file, STR("service_account_impersonation"), &settings) &&
        settings.type->kind == KIND_OBJECT)
        (void)value_find_int(settings, STR("token_lifetime_seconds"), &account.lifetime_s);
    return exchange_subject(exchange, credential, STR(GCP_PLATFORM_SCOPE), &token, problem,
                            arena) &&
           gcp_exchange_impersonate(exchange, &account, token.text, out, problem, arena);
}

static bool exchange_impersonated(const GcpExchange *exchange, const GcpCredential *credential,
                                  Str scope, AccessToken *out, Str *problem, Arena *arena) {
    Value file;
    AccessToken token;
    GcpCredential source = {0};
    GcpImpersonation account = {
        .url = value_text_at(credential->file, STR("service_account_impersonation_url")),
        .scope = scope,
    };
    json_add_texts(credential->file, STR("delegates"), &account.delegates, arena);
    if (!value_find_present(credential->file, STR("source_credentials"), &file) ||
        file.type->kind != KIND_OBJECT)
        return problem_set(problem, arena, "%.*s has no \"source_credentials\"",
                           STR_ARG(credential->origin));
    if (!gcp_credential_parse(file, credential->origin, &source, problem, arena))
        return false;
    if (source.kind == GCP_IMPERSONATED)
        return problem_set(problem, arena,
                           "%.*s has \"source_credentials\" that impersonate an account too",
                           STR_ARG(credential->origin));
    return gcp_exchange_credential(exchange, &source, STR(GCP_PLATFORM_SCOPE), &token, problem,
                                   arena) &&
           gcp_exchange_impersonate(exchange, &account, token.text, out, problem, arena);
}

/* The header in the answer proves that the server is not a proxy or a captive portal. */
static bool exchange_metadata(const GcpExchange *exchange, AccessToken *out, Str *problem,
                              Arena *arena) {
    Str host = process_variable(exchange->io->process, "GCE_METADATA_HOST");
    HttpResponse response = {0};
    host = host.len > 0 ? host : STR(METADATA_HOST);
    HttpRequest request = {
        .url = str_format(arena, "http://%.*s" METADATA_PATH, STR_ARG(host)),
        .connect_timeout_ms = METADATA_WAIT,
    };
    http_add_header(&request.headers, "metadata-flavor", STR("Google"), arena);
    if (!gcp_token_request_send(exchange, &request, NULL, &response, problem, arena))
        return problem_set(problem, arena,
                           "no credentials are configured, and the metadata server of the machine "
                           "gives none: %.*s",
                           STR_ARG(*problem));
    if (!str_equal(http_header(&response, "metadata-flavor"), STR("Google")))
        return problem_set(problem, arena,
                           "\"%.*s\" is not a metadata server: its answer has no header "
                           "Metadata-Flavor",
                           STR_ARG(host));
    return gcp_token_request_read(exchange, &response, out, problem, arena);
}

bool gcp_exchange_credential(const GcpExchange *exchange, const GcpCredential *credential,
                             Str scope, AccessToken *out, Str *problem, Arena *arena) {
    switch (credential->kind) {
    case GCP_GIVEN_TOKEN: *out = (AccessToken){.text = credential->token}; return true;
    case GCP_SERVICE_ACCOUNT:
        return exchange_service_account(exchange, credential, scope, out, problem, arena);
    case GCP_AUTHORIZED_USER:
        return exchange_authorized_user(exchange, credential, out, problem, arena);
    case GCP_EXTERNAL_ACCOUNT:
        return exchange_external(exchange, credential, scope, out, problem, arena);
    case GCP_IMPERSONATED:
        return exchange_impersonated(exchange, credential, scope, out, problem, arena);
    case GCP_METADATA: return exchange_metadata(exchange, out, problem, arena);
    }
    return false;
}

static Str impersonation_body(const GcpImpersonation *account, Arena *arena) {
    int64_t lifetime_s = account->lifetime_s ? account->lifetime_s : TERM_S;
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    if (account->delegates.count > 0) {
        json_key_array(&writer, "delegates");
        vec_each(&account->delegates, delegate) {
            bool is_name = str_starts_with(*delegate, STR("projects/"));
            json_write_string(&writer,
                              str_concat(is_name ? STR_EMPTY : STR("projects/-/serviceAccounts/"),
                                         *delegate, arena));
        }
        json_array_end(&writer);
    }
    json_key_array(&writer, "scope");
    json_write_string(&writer, account->scope);
    json_array_end(&writer);
    json_key_string(&writer, "lifetime", str_format(arena, "%llds", (long long)lifetime_s));
    json_object_end(&writer);
    return strbuf_str(&text);
}

bool gcp_exchange_impersonate(const GcpExchange *exchange, const GcpImpersonation *impersonation,
                              Str token, AccessToken *out, Str *problem, Arena *arena) {
    StrVec secrets = {0};
    Value answer;
    Timestamp time = {0};
    Str ignored;
    HttpRequest request = {
        .method = STR("POST"),
        .url = impersonation->url,
        .body = impersonation_body(impersonation, arena),
    };
    HttpResponse response = {0};
    vec_push(arena, &secrets, token);
    http_add_header(&request.headers, "content-type", STR("application/json"), arena);
    http_add_header(&request.headers, "authorization", str_concat(STR("Bearer "), token, arena),
                    arena);
    if (!gcp_token_request_send(exchange, &request, &secrets, &response, problem, arena))
        return false;
    bool is_object = json_parse_object(response.body, &answer, arena);
    Str text = is_object ? value_text_at(answer, STR("accessToken")) : STR_EMPTY;
    if (text.len == 0 ||
        !timestamp_parse(value_text_at(answer, STR("expireTime")), &time, &ignored, arena))
        return problem_text(problem, "the answer to the impersonation has no access token with "
                                     "its time of expiry");
    *out = (AccessToken){.text = text, .expires_ms = time.seconds * 1000};
    return true;
}
