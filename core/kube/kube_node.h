/* KubeNode: a place in a kubeconfig file. Its readers add an error with file and line for a member
 * of another type, and return as if the member were missing. Only for kubeconfig.c. */
#pragma once

#include "diag.h"
#include "path.h"

typedef struct KubeFile {
    Str path; /* empty: the text of an argument */
    Str text;
    Value root;
} KubeFile;

typedef struct KubeNode {
    const KubeFile *file; /* NULL: no place */
    Path path;
    Value value; /* null: the file has no such member */
} KubeNode;

/* Where the readers of nodes add errors and texts. */
typedef struct KubeNodeReader {
    Arena *arena;
    Diags *diags;
} KubeNodeReader;

static inline bool kube_node_exists(KubeNode node) {
    return value_is_present(node.value);
}
static inline bool kube_node_is(KubeNode node, TypeKind kind) {
    return kube_node_exists(node) && node.value.type->kind == kind;
}

/* Returns "the kubeconfig text", or the path of the file in quotes. */
Str kube_node_file_name(const KubeFile *file, Arena *arena);
/* Add an error and return false. `why` of the second ends the sentence that begins with the path of
 * the node. */
bool kube_node_fail(const KubeNodeReader *reader, Str sentence);
bool kube_node_fail_at(const KubeNodeReader *reader, KubeNode node, Str why);

KubeNode kube_node_root(const KubeFile *file);
KubeNode kube_node_member(const KubeNodeReader *reader, KubeNode node, const char *name);
KubeNode kube_node_item(const KubeNodeReader *reader, KubeNode list, size_t i);
size_t kube_node_count(const KubeNodeReader *reader, KubeNode list);
Str kube_node_text(const KubeNodeReader *reader, KubeNode node);
void kube_node_texts(const KubeNodeReader *reader, KubeNode list, StrVec *out);
Str kube_node_member_text(const KubeNodeReader *reader, KubeNode node, const char *name);
bool kube_node_member_bool(const KubeNodeReader *reader, KubeNode node, const char *name);
