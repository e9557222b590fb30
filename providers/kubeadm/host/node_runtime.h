/* node_runtime: the container runtimes of a node, one row each. */
#pragma once

#include "str.h"

typedef struct NodeRuntime {
    const char *name;    /* value of the argument container_runtime */
    const char *program; /* facts of a machine have its version under this name */
    const char *package; /* of the distribution, or of the repository that the user names */
    const char *service;
    const char *socket;  /* path */
    const char *config;  /* path of the configuration file that loam writes */
    const char *more[3]; /* beginnings of the paths of further such files, up to a NULL */
} NodeRuntime;

typedef enum NodeRuntimeKind {
    NODE_RUNTIME_CONTAINERD,
    NODE_RUNTIME_CRIO,
    NODE_RUNTIME_COUNT
} NodeRuntimeKind;

extern const NodeRuntime node_runtime_table[NODE_RUNTIME_COUNT];

/* Returns the path of the program in a bundle. */
Str node_runtime_bundle_path(const NodeRuntime *runtime, Arena *arena);
/* Whether the runtime reads the file at this path of a machine only when it starts. */
bool node_runtime_reads_at_start(const NodeRuntime *runtime, Str path, Arena *arena);
/* Returns the socket as a URL. */
Str node_runtime_url(const NodeRuntime *runtime, Arena *arena);
