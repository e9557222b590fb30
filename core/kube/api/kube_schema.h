/* KubeSchema: checks an object against the schema of its kind: the OpenAPI v3 document of a server,
 * or a version of a CustomResourceDefinition. An object that the server accepts has no errors; not
 * every error of the server is found. Values that are null or unknown are not checked.
 *
 *   unknown fields   where the schema names the fields, unless x-kubernetes-preserve-unknown-fields
 *   types            of fields that have one; x-kubernetes-int-or-string accepts both
 *   missing fields   that are required, and have neither a default nor a null value
 *   enums            of texts */
#pragma once

#include "path.h"

typedef struct KubeSchema {
    Value root;        /* schema of the object */
    Value definitions; /* components.schemas, for references; null: there are none */
    bool is_custom;    /* of a definition: its root does not describe apiVersion, kind, metadata */
} KubeSchema;

typedef struct KubeSchemaError {
    Path path; /* of the field, or of the object that lacks it */
    Str text;  /* a sentence, without values of the object */
} KubeSchemaError;
typedef VEC(KubeSchemaError) KubeSchemaErrors;

/* Finds the schema of a kind in an OpenAPI document of its group version; its values are those of
 * the document. */
MUST_USE bool kube_schema_of_document(Value document, Str group, Str version, Str kind,
                                      KubeSchema *out);
/* Finds the schema of a version in a CustomResourceDefinition of any API version. */
MUST_USE bool kube_schema_of_definition(Value definition, Str version, KubeSchema *out);
/* Returns the errors, in the order of the object's members. */
KubeSchemaErrors kube_schema_check(const KubeSchema *schema, Value object, Arena *arena);
/* Returns ` Did you mean "x"?` with the field nearest to `name` in the object at `path`; empty text
 * if no field is near. */
Str kube_schema_did_you_mean(const KubeSchema *schema, Path path, Str name, Arena *arena);
