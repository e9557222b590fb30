/* gcp_access: a credential, the account that it impersonates, and the token. */
#include "gcp_access.h"
#include "gcp_exchange.h"
#include "token_source.h"
#include "url.h"

struct GcpAccess {
    const Io *io;
    GcpOptions options;
    GcpCredential credential;
    TokenSource *source;
};

static bool access_fetch(void *self, const CancelToken *cancel, AccessToken *out, Str *problem,
                         Arena *arena) {
    const GcpAccess *access = self;
    GcpExchange exchange = {access->io, cancel};
    AccessToken token;
    Str account = access->options.impersonate;
    Str universe = gcp_access_universe(access);
    if (account.len == 0)
        return gcp_exchange_credential(&exchange, &access->credential, access->options.scope, out,
                                       problem, arena);
    GcpImpersonation impersonation = {
        .url = str_format(arena,
                          "https://iamcredentials.%.*s/v1/projects/-/serviceAccounts/"
                          "%.*s:generateAccessToken",
                          STR_ARG(universe), STR_ARG(url_encode(account, false, arena))),
        .delegates = access->options.delegates,
        .scope = access->options.scope,
    };
    return gcp_exchange_credential(&exchange, &access->credential, STR(GCP_PLATFORM_SCOPE), &token,
                                   problem, arena) &&
           gcp_exchange_impersonate(&exchange, &impersonation, token.text, out, problem, arena);
}

bool gcp_access_open(const Io *io, const GcpOptions *options, GcpAccess **out, Str *problem,
                     Arena *arena) {
    GcpAccess *access = arena_new(arena, GcpAccess);
    *access = (GcpAccess){.io = io, .options = *options};
    if (!gcp_credential_find(io, options, &access->credential, problem, arena))
        return false;
    access->source = token_source_open(io->clock, access_fetch, access);
    *out = access;
    return true;
}

void gcp_access_close(GcpAccess *access) {
    if (access)
        token_source_close(access->source);
}

Str gcp_access_universe(const GcpAccess *access) {
    Value file = access->credential.file;
    Str universe = access->options.universe;
    if (universe.len == 0 && value_is_present(file))
        universe = value_text_at(file, STR("universe_domain"));
    return universe.len > 0 ? universe : STR(GCP_UNIVERSE);
}

bool gcp_access_token(GcpAccess *access, const CancelToken *cancel, Str *out, Str *problem,
                      Arena *arena) {
    return token_source_get(access->source, cancel, out, problem, arena);
}

bool gcp_access_discard(GcpAccess *access, Str token) {
    bool is_given =
        access->credential.kind == GCP_GIVEN_TOKEN && access->options.impersonate.len == 0;
    token_source_discard(access->source, token);
    return !is_given;
}
