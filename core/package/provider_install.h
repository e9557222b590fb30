/* provider_install: selects versions of providers, installs their packages and completes the lock.
 *
 * Queries and downloads run in parallel; their messages come in the order of the addresses. A
 * locked version that is installed already needs no network. */
#pragma once

#include "dependency_lock.h"
#include "package.h"

typedef struct WantedProvider {
    Str address;
    Str constraints; /* of all modules, in canonical form; empty: any version */
} WantedProvider;

typedef VEC(WantedProvider) WantedProviders; /* sorted by address */

typedef struct ProviderInstall {
    PackageSources sources;
    Str directory;    /* of installed packages */
    Str platform;     /* linux_amd64 */
    StrVec kept;      /* addresses whose entries stay in the lock, although no package is wanted */
    bool upgrade;     /* selects versions anew */
    bool only_hashes; /* collects hashes for the lock: accepts packages that it does not list */
    const char *command; /* "loam init", for messages */
    /* Reports a step, as text for people and as text for logs. */
    void (*tell)(void *payload, Str people, Str log);
    void *payload;
} ProviderInstall;

typedef struct ProviderInstalled {
    StrVec local;  /* shown addresses of providers of which the lock has only local hashes */
    StrVec hashes; /* "h1:…" of all wanted packages */
    bool has_other_signer; /* a package was signed by a developer's own key */
} ProviderInstalled;

/* Installs all wanted providers. Updates *lock: their entries, and no others; removes entries of
 * providers that are neither wanted nor kept, unless `only_hashes`. The texts are in `arena`. */
MUST_USE bool provider_install_run(const ProviderInstall *install, const WantedProviders *wanted,
                                   DependencyLock *lock, ProviderInstalled *out, Arena *arena,
                                   Diags *diags);
