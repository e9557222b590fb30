/* bundle_inventory: the list from which a bundle is made, a YAML file.
 *
 *   kubernetes_version: 1.34.4
 *   architecture: amd64
 *   files:
 *     - path: bin/kubeadm          where the bundle has it
 *       version: 1.34.4
 *       source: ./kubeadm          a file beside the inventory, or a URL with sha256
 *     - path: bin/containerd
 *       source: https://…/containerd.tar.gz
 *       sha256: …                  of what the URL gives
 *       member: bin/containerd     of the archive
 *     - path: images/pause.tar
 *       image: registry.k8s.io/pause:3.10.1@sha256:…   copied by skopeo */
#pragma once

#include "bundle.h"
#include "diag.h"

typedef struct InventoryFile {
    Str path;
    Str name; /* default: the last part of the path, without an ending */
    Str version;
    Str source;     /* a path or a URL; empty: an image */
    Str sha256;     /* hex text; of a path may be empty */
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

MUST_USE bool bundle_inventory_read(
    Str path, Str text, BundleInventory *out, Arena *arena, Diags *diags);
