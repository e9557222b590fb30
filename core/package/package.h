/* package: requests to installation methods, and the packages that they offer. */
#pragma once

#include "cli_config.h"
#include "io.h"

typedef struct PackageSources {
    const Io *io;
    const CancelToken *cancel;
    const CliConfig *config;
} PackageSources;

/* A package as a method offers it. */
typedef struct Package {
    Str address;
    Str version;
    Str platform;
    Str directory; /* unpacked package; empty: an archive */
    Str archive;   /* path of the zip file; empty: at `url` */
    Str url;
    Str token;               /* for `url` */
    Str authorization;       /* for `url`, instead of `token` */
    Str sha256;              /* of the archive, in hexadecimal; empty: not known */
    StrVec hashes;           /* one of them must match; empty: none known */
    StrVec signed_hashes;    /* of all platforms, by a verified signature: for the lock file */
    Str proof;               /* "signed by HashiCorp", "unauthenticated" */
    bool is_signed_by_other; /* by a key that is not HashiCorp's */
} Package;
