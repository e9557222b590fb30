/* node_files: the contents of the files that a node needs: kernel settings, container runtime,
 * kubelet units. Equal settings give equal contents, so an upload with an equal digest can be
 * skipped. */
#pragma once

#include "node_settings.h"

/* The service that must be restarted after a change of a file. */
typedef enum NodeService {
    SERVICE_NONE,
    SERVICE_KERNEL,
    SERVICE_RUNTIME,
    SERVICE_KUBELET,
    SERVICE_PACKAGES /* no service: lists of packages are read again */
} NodeService;

typedef struct NodeFile {
    const char *path; /* constant path; NULL: see name */
    Str name;         /* path that depends on the settings, if `path` is NULL */
    Str text;
    uint32_t mode;
    bool is_secret;      /* the text contains a password */
    NodeService service; /* SERVICE_NONE: no restart is needed */
} NodeFile;

typedef VEC(NodeFile) NodeFiles;

#define NODE_FILES_PREFIX       "/usr/local/bin"
#define NODE_FILES_OTHER_PREFIX "/opt/bin" /* where the former is read-only */

/* Returns the directory of programs of a bundle. */
Str node_files_prefix(const NodeSettings *settings);
/* Appends the files to *out. Returns an empty text, or an error text if a setting is invalid. */
Str node_files_list(const NodeSettings *settings, NodeFiles *out, Arena *arena);
/* Returns the path of the file on the machine. */
Str node_files_path(const NodeFile *file);
/* Returns the value of NO_PROXY: local names, the names of cluster services, the networks and hosts
 * in `cluster`, and `more` (separated by commas), without duplicates. */
Str node_files_no_proxy(const StrVec *cluster, Str more, Arena *arena);
