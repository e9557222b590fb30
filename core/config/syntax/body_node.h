/* BodyNode: a value of a YAML or JSON file, before a schema gives it a meaning.
 *
 * Nodes live in the arena of the parse. An alias of YAML shares the node it names, so the tree is a
 * graph without cycles; `weight` is its size once aliases are expanded, which the YAML reader
 * bounds. */
#pragma once

#include "body.h"

typedef enum BodyNodeKind {
    BODY_NODE_NULL,
    BODY_NODE_BOOL,
    BODY_NODE_NUMBER,
    BODY_NODE_STRING,
    BODY_NODE_ARRAY,
    BODY_NODE_OBJECT,
    BODY_NODE_BAD, /* what could not be read, and has been told */
} BodyNodeKind;

/* Values in one file: enough for a hundred thousand resources, too few to take a machine's memory.
 */
#define BODY_NODES_MAX 4000000

typedef struct BodyNode BodyNode;

typedef struct BodyNodeMember {
    const BodyNode *key; /* a string */
    const BodyNode *value;
} BodyNodeMember;

typedef VEC(BodyNodeMember) BodyNodeMembers;
typedef VEC(const BodyNode *) BodyNodes;

struct BodyNode {
    BodyNodeKind kind;
    bool boolean;
    uint32_t start; /* bytes of the file, quotes and brackets included */
    uint32_t end;
    uint32_t weight;
    union {
        Str text; /* a string, decoded; a number in decimal digits */
        BodyNodes items;
        BodyNodeMembers members; /* JSON keeps repeated keys, YAML has refused them */
    };
};

typedef enum BodySyntax { BODY_SYNTAX_YAML, BODY_SYNTAX_JSON } BodySyntax;
