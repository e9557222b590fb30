/* bundle: describes the files that a cluster needs on machines without a network.
 *
 *   bundle.json         format, Kubernetes version, architecture; name, version, size and digest of
 *                       every file
 *   SHA256SUMS          digests of bundle.json and of every file, as sha256sum writes them
 *   SHA256SUMS.minisig  a signature of SHA256SUMS; may be absent
 *   bin/ images/ cni/ manifests/    the files
 *
 * bundle.json begins
 *
 *    {"format": 1, "kubernetes_version": "1.34.4", "architecture": "amd64", "files": [
 *      {"path": "bin/kubeadm", "name": "kubeadm", "version": "1.34.4", "size": 74027192,
 *       "sha256": "3c1f…"}, …
 *
 * Files of their own instead of one archive: each machine reads only those that it lacks.
 *
 * The digest of a bundle is that of SHA256SUMS: it covers every byte but the signature.
 *
 * `*problem` is the end of a sentence ("its file \"x\" has no digest"). */
#pragma once

#include "map.h"
#include "minisign.h"
#include "vec.h"

#define BUNDLE_MANIFEST  "bundle.json"
#define BUNDLE_SUMS      "SHA256SUMS"
#define BUNDLE_SIGNATURE "SHA256SUMS.minisig"

#define BUNDLE_FILES_MAX     ((size_t)10000)
#define BUNDLE_FILE_SIZE_MAX ((uint64_t)8 << 30)
#define BUNDLE_HEAD_SIZE_MAX ((uint64_t)16 << 20) /* of each of the three files above */

typedef struct BundleFile {
    Str path; /* bin/kubeadm */
    Str name; /* kubeadm */
    Str version;
    uint64_t size;
    Str sha256;    /* hex text */
    StrVec images; /* names of the images in a file of images/ */
} BundleFile;

typedef struct Bundle {
    Str kubernetes_version; /* 1.34.4 */
    Str architecture;       /* amd64, arm64 */
    VEC(BundleFile) files;  /* sorted by path */
    Map by_path;            /* path → BundleFile, of a decoded bundle */
    Str digest;             /* hex text, of a decoded bundle */
    Str signature_comment;  /* the trusted comment, if a public key was given */
} Bundle;

/* The digest and the key that a bundle must match. Without either, any consistent bundle matches.
 */
typedef struct BundlePin {
    Str digest;             /* hex text; empty: none */
    const MinisignKey *key; /* NULL: none */
} BundlePin;

/* The texts of the files that describe a bundle; `signature` is empty if there is none. */
typedef struct BundleHead {
    Str sums;
    Str signature;
    Str manifest;
} BundleHead;

/* Reads "sha256:HEX" or HEX; sets *out to the hex text in lower case. */
MUST_USE bool bundle_read_digest(Str text, Str *out, Arena *arena);
/* Splits a line of SHA256SUMS into the digest, in lower case, and the name, which may be anything.
 */
MUST_USE bool bundle_read_sum(Str line, Str *digest, Str *name, Arena *arena);
/* Returns true for "bin/x": a path without special components, in one of the directories above. */
bool bundle_path_is_valid(Str path);
/* Returns the mode of a file on a machine: programs are executable. */
uint32_t bundle_mode(Str path);
/* Verifies the head by the pin first, then decodes it; unknown members are errors. *out is in
 * `arena`. */
MUST_USE bool bundle_decode(const BundleHead *head, const BundlePin *pin, Bundle *out, Str *problem,
                            Arena *arena);
/* Returns the texts of bundle.json and SHA256SUMS; sorts the files. */
BundleHead bundle_encode(Bundle *bundle, Arena *arena);
