/* bundle_inventory: the list from which a bundle is made, a YAML file.
 *
 *   kubernetes_version: 1.34.4
 *   architecture: amd64
 *   files:
 *     - path: bin/kubeadm          path in the bundle
 *       version: 1.34.4
 *       source: ./kubeadm          a file beside the inventory, or a URL with sha256
 *     - path: bin/containerd
 *       source: https://…/containerd.tar.gz
 *       sha256: …                  of the downloaded file
 *       member: bin/containerd     the file to extract from the archive
 *     - path: images/pause.tar
 *       image: registry.k8s.io/pause:3.10.1@sha256:…   copied by skopeo */
#pragma once

#include "bundle.h"
#include "diag.h"

typedef struct InventoryFile {
    Str path;
    Str name; /* default: the file name of the path, without extension */
    Str version;
    Str source;     /* a path or a URL; empty: an image */
    Str sha256;     /* hex text; may be empty if `source` is a path */
    Str member;     /* empty: the whole file */
    Str image;      /* without the digest */
    Str image_hash; /* sha256:… */
    bool is_url;
} InventoryFile;

typedef struct BundleInventory {
    Str kubernetes_version;
    Str architecture;
    VEC(InventoryFile) files;
} BundleInventory;

/* Reads and checks the text of an inventory. `path` is for errors. *out is in `arena`. */
MUST_USE bool bundle_inventory_read(Str path, Str text, BundleInventory *out, Arena *arena,
                                    Diags *diags);
