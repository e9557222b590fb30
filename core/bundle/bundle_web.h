/* bundle_web: a copy on this machine of a bundle at a URL, which leads to its directory form. The
 * copy has the files that describe the bundle, and of the others those that were asked for, so
 * bundle_reader_open and bundle_reader_pack can read it.
 *
 * Its directory is named after the digest of the bundle; it stays for later runs. */
#pragma once

#include "bundle_reader.h"
#include "io.h"

typedef struct BundleWeb {
    const Io *io;
    Str url;   /* see bundle_web_check_url */
    Str cache; /* directory of all copies; made if it does not exist */
    BundlePin pin;
    const CancelToken *cancel;
} BundleWeb;

/* Returns the error as a sentence, or an empty text. The nodes of a cluster see the URL in their
 * lists of processes, so it has no user and password. */
Str bundle_web_check_url(Str url, Arena *arena);
/* Returns the URL without a slash at its end: "/" and a path of the bundle follow it. */
Str bundle_web_base(const BundleWeb *web);
/* Sets *directory to that of the copy. Downloads and verifies the files that describe the bundle,
 * unless the copy of the pinned digest has them. */
MUST_USE bool bundle_web_open(const BundleWeb *web, Str *directory, Arena *arena, Diags *diags);
/* Downloads those of the files that the copy lacks, and compares their digests. Other threads must
 * not do so at the same time. */
MUST_USE bool bundle_web_fetch(const BundleWeb *web, Str directory, const Bundle *bundle,
                               const StrVec *paths, Arena *arena, Diags *diags);
