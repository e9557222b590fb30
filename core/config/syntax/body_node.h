/* BodyNode: a value of a YAML or JSON file, before a schema is applied.
 *
 * Nodes live in the arena of the parse. A YAML alias shares the node of its anchor, so the tree
 * is a graph without cycles. `weight` is the size with aliases expanded, which the YAML reader
 * limits. */
#pragma once

#include "body.h"

typedef enum BodyNodeKind {
    BODY_NODE_NULL,
    BODY_NODE_BOOL,
    BODY_NODE_NUMBER,
    BODY_NODE_STRING,
    BODY_NODE_ARRAY,
    BODY_NODE_OBJECT,
    BODY_NODE_BAD, /* could not be parsed; already reported */
} BodyNodeKind;

/* Limit of values in one file: enough for 100,000 resources, too few to exhaust memory. */
#define BODY_NODES_MAX 4000000

typedef struct BodyNode BodyNode;

typedef struct BodyNodeMember {
    const BodyNode *key; /* always a string */
    const BodyNode *value;
} BodyNodeMember;

typedef VEC(BodyNodeMember) BodyNodeMembers;
typedef VEC(const BodyNode *) BodyNodes;

struct BodyNode {
    BodyNodeKind kind;
    bool boolean;
    uint32_t start; /* byte offsets in the file, including quotes and brackets */
    uint32_t end;
    uint32_t weight;
    union {
        Str text; /* a decoded string, or a number in decimal digits */
        BodyNodes items;
        BodyNodeMembers members; /* may repeat keys in JSON; the YAML reader rejects them */
    };
};

typedef enum BodySyntax { BODY_SYNTAX_YAML, BODY_SYNTAX_JSON } BodySyntax;

/* The file of nodes. */
typedef struct BodyNodeFile {
    const SourceText *source;
    BodySyntax syntax;
    const FunctionTable *functions;
} BodyNodeFile;

/* Makes the body of a whole file by the rules of the JSON configuration syntax. The root is an
 * object, an array of objects, or null for an empty YAML file. */
MUST_USE bool body_from_node(const BodyNode *root, BodyNodeFile file, const Body **out,
                             Arena *arena, Diags *diags);
/* Reads a JSON file and reports its syntax errors, not only the first. Returns the root value as
 * far as it is readable.
 *
 * After an error the reader continues as Terraform's JSON parser does: an object or array with an
 * error becomes BODY_NODE_BAD, and the values around it are read; an invalid character ends the
 * file. It reports follow-up errors where Terraform reports them, so that JSON output has the same
 * number of errors. Human-readable output shows each error at the place to correct. */
const BodyNode *body_json_read(const SourceText *source, Arena *arena, Diags *diags);
/* Returns the decoded text of a string as a SourceText that maps offsets to the file. It stores no
 * mapping: it scans the raw text again when a diagnostic needs a position. */
const SourceText *body_scalar_source(const BodyNode *string, BodyNodeFile file, Arena *arena);
