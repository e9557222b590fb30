/* Draft: an object of a schema under construction, its attributes set by name.
 *
 *     Draft draft = draft_of(request->planned, call->arena);
 *     draft_set(&draft, "id", id);
 *     response->state = draft_value(&draft);
 *
 * draft_value hands the items over: a draft that was taken is not set again. The accessors below
 * read objects of a schema; an attribute that the schema lacks is loam's own fault (CHECK). */
#pragma once

#include "schema.h"

typedef struct Draft {
    const Type *type;
    Value *items;
} Draft;

/* Starts as a copy of an object that is neither null nor unknown. */
Draft draft_of(Value object, Arena *arena);
/* Starts with every attribute null. */
Draft draft_empty(const Schema *schema, Arena *arena);
void draft_set(Draft *draft, const char *name, Value value);
void draft_set_text(Draft *draft, const char *name, Str text, Arena *arena);
Value draft_get(const Draft *draft, const char *name);
Value draft_value(const Draft *draft);

/* Attributes of an object by name; the fallback stands for null and unknown. */
Value draft_attribute(Value object, const char *name);
Str draft_text(Value object, const char *name, Str fallback);
int64_t draft_int(Value object, const char *name, int64_t fallback);
bool draft_bool(Value object, const char *name, bool fallback);
