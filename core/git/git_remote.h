/* GitRemote: a branch of a repository on a server, and the credentials to access it. */
#pragma once

#include "str.h"
#include "vec.h"

typedef struct GitRemote {
    Str url; /* https://…, http://…, ssh://USER@HOST[:PORT]/…; without a password */
    Str branch;
    /* Of ssh. */
    Str private_key; /* in PEM or the format of OpenSSH, not encrypted */
    Str known_hosts; /* lines of that format; the only hosts that are trusted */
    /* Of https and http. */
    Str username;
    Str password;
    Str bearer_token;          /* instead of user and password */
    Str certificate_authority; /* PEM; empty: those of the system */
    bool can_use_http;         /* without TLS */
} GitRemote;

/* Returns why the remote cannot be used, as a sentence; empty if it can. *argument is set to the
 * name of the member that is wrong. */
Str git_remote_problem(const GitRemote *remote, const char **argument, Arena *arena);
/* Returns the scheme of the URL: "ssh". */
Str git_remote_scheme(const GitRemote *remote);
bool git_remote_is_ssh(const GitRemote *remote);
/* Returns the value of the header Authorization; empty without credentials of http. */
Str git_remote_authorization(const GitRemote *remote, Arena *arena);
/* Returns the texts that no message may show. */
StrVec git_remote_secrets(const GitRemote *remote, Arena *arena);
