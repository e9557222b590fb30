/* ServingNodes: the nodes whose kubelets may have serving certificates, with their addresses, from
 * a file: a mapping in YAML or JSON from the name of a Node to the list of its addresses.
 *
 * The Nodes of the cluster do not count: a kubelet writes the addresses of its own Node, and with
 * the address of the API server it could impersonate it. The file is read again when it has
 * changed, as a mounted ConfigMap does. */
#pragma once

#include "diag.h"
#include "io.h"
#include "map.h"
#include "vec.h"

typedef struct ServingNodes {
    const Io *io;
    Str path;
    DiskStat stat; /* of the version that was read */
    Map nodes;     /* name → StrVec */
    Arena *arena;  /* of the map; NULL: not read yet */
} ServingNodes;

/* Reads the file, if it has changed since the last call. On failure adds one error, and the former
 * nodes stay. */
MUST_USE bool serving_nodes_read(ServingNodes *nodes, Diags *diags);
/* Returns the addresses of the node; NULL if the file does not name it. Valid until the next
 * serving_nodes_read. */
const StrVec *serving_nodes_find(const ServingNodes *nodes, Str name);
void serving_nodes_release(ServingNodes *nodes);
