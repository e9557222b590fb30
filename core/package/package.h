/* package: queries to installation methods, and the packages that they offer. */
#pragma once

#include "cli_config.h"
#include "io.h"

typedef struct PackageSources {
    const Io *io;
    const CancelToken *cancel;
    const CliConfig *config;
} PackageSources;

/* A query to the sources, and where its results go. Any thread may ask. */
typedef struct PackageQuery {
    const PackageSources *sources;
    Str *problem; /* set on failure: the end of a sentence, without a full stop */
    Arena *arena;
    StrVec *warnings; /* gets those of a registry about a provider; NULL: not wanted */
} PackageQuery;

/* A package as a method offers it. */
typedef struct Package {
    Str address;
    Str version;
    Str platform;
    Str directory; /* unpacked package; empty: an archive */
    Str archive;   /* path of the zip file; empty: at `url` */
    Str url;
    Str token;            /* for `url` */
    Str authorization;    /* for `url`, instead of `token` */
    Str sha256;           /* of the archive, in hexadecimal; empty: not known */
    uint64_t size;        /* of the archive, in bytes; 0: not known */
    StrVec hashes;        /* one of them must match; empty: none known */
    StrVec signed_hashes; /* of all platforms: for the lock file; signed, or reported by a registry
                           * that needs no signatures */
    Str proof;            /* "signed by HashiCorp", "unauthenticated" */
    bool is_signed_by_other; /* by a key that is not HashiCorp's */
    bool is_unsigned;        /* its registry has no key: only the checksum was verified */
    bool is_key_expired;     /* of the key that signed */
} Package;

/* An installation method: where packages of some providers come from. */
typedef struct PackageMethod {
    /* Adds the versions that the method has. */
    bool (*versions)(const PackageQuery *query, const CliInstallation *installation, Str address,
                     StrVec *out);
    /* Finds the package with the address, version and platform of `wanted`. */
    bool (*find)(const PackageQuery *query, const CliInstallation *installation,
                 const Package *wanted, Package *out);
} PackageMethod;

extern const PackageMethod mirror_directory_method;
extern const PackageMethod mirror_network_method;
extern const PackageMethod mirror_oci_method;
extern const PackageMethod provider_registry_method;
