/* login_service: obtains a token of a host by Terraform's login protocol: OAuth 2.0 with an
 * authorization code and PKCE (RFC 7636). */
#pragma once

#include "package.h"

/* How a host issues tokens. */
typedef struct LoginService {
    Str client;
    Str authorization_url; /* empty: the user copies a token from token_page */
    Str token_url;
    Str scopes; /* separated by blanks */
    uint16_t first_port;
    uint16_t last_port;
    Str token_page;
} LoginService;

/* The secrets of one login. */
typedef struct LoginAttempt {
    Str state;
    Str verifier;
    Str redirect_url;
    Str url; /* for the browser */
} LoginAttempt;

/* Finds out how the host issues tokens. On failure *query->problem is full sentences. */
MUST_USE bool login_service_discover(const PackageQuery *query, Str host, LoginService *out);
/* Begins a login whose redirect arrives at this port of localhost. */
LoginAttempt login_service_begin(const LoginService *service, uint16_t port, Arena *arena);
/* Returns whether the query of a redirect belongs to the login. */
bool login_service_accepts(const LoginAttempt *attempt, Str query);
/* Exchanges the code in the query string of the redirect for a token. On failure *query->problem is
 * full sentences. */
MUST_USE bool login_service_finish(const PackageQuery *query, const LoginService *service,
                                   const LoginAttempt *attempt, Str redirect, Str *token);
#define LOGIN_SERVICE_PATH "/login" /* of the redirect */
