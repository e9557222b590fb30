/* manifest_text: reads the objects of a manifest: YAML text of several documents, by the rules of
 * kubectl, or JSON texts in a row. Objects with "items" (kind List) stand for these items. */
#pragma once

#include "path_error.h"

typedef struct ManifestObject {
    Value object;
    Str api_version;
    Str kind;
    Str namespace; /* empty: none */
    Str name;
    Str file;     /* empty: the text of an argument */
    Str document; /* text of the document that has the object */
    size_t line;  /* of the first line of the document, from 1 */
    Path path;    /* of the object in the document */
} ManifestObject;
typedef VEC(ManifestObject) ManifestObjects;

/* Adds the objects of the text. `argument` is the place of errors; they name the file and the line.
 * After an error in a document, the other documents are read too, if the syntax permits. */
MUST_USE bool manifest_text_read(const Call *call, Path argument, Str file, Str text,
                                 ManifestObjects *out, Diags *diags);
/* Adds an error for each object whose group, kind, namespace and name an earlier object has. */
MUST_USE bool manifest_text_check_unique(const Call *call, Path argument,
                                         const ManifestObjects *objects, Diags *diags);
/* Returns `"web.yaml", line 12` or "line 12" for a path in the object. */
Str manifest_text_place(const ManifestObject *object, Path path, Arena *arena);
