/* yaml_value: converts YAML text to a value. Scalars follow yamldecode of Terraform, in
 * yaml_documents_read kubectl (yaml_scalar.h). A mapping becomes an object, a sequence a tuple. */
#pragma once

#include "value.h"

typedef struct YamlFailure {
    size_t line;   /* from 1 */
    size_t column; /* from 1 */
    Str what;      /* empty: the budget is used up */
} YamlFailure;

/* An alias costs as many elements as its value has, so nested aliases cannot make a small text a
 * huge value. `spend` returns false if the budget does not cover these further elements. */
typedef struct YamlBudget {
    bool (*spend)(void *payload, size_t elements);
    void *payload;
} YamlBudget;

/* Reads a text that must hold exactly one document. On failure returns false and sets *failure. */
MUST_USE bool yaml_value_read(Str text, YamlBudget budget, Value *out, YamlFailure *failure,
                              Arena *arena);

/* One document of a text. */
typedef struct YamlDocument {
    Value root;
    Str text;    /* of this document alone, for yaml_position_find */
    size_t line; /* of the first line of `text`, from 1 */
} YamlDocument;
typedef VEC(YamlDocument) YamlDocuments;

/* Reads all documents of a text as kubectl does, except that a key that is given twice is an error.
 * Empty documents are omitted. On failure returns false and sets *failure; *out has the documents
 * before the error. */
MUST_USE bool yaml_documents_read(Str text, YamlBudget budget, YamlDocuments *out,
                                  YamlFailure *failure, Arena *arena);
