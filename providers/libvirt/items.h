/* Items: lists of nested objects, read and built. Null and unknown lists have no items. */
#pragma once

#include "draft.h"

size_t items_count(Value object, const char *name);
/* Item i of the list attribute; an object. */
Value items_at(Value object, const char *name, size_t i);
/* Strings of a list attribute; unknown and null ones are left out. */
StrVec items_texts(Value object, const char *name, Arena *arena);
/* The attribute's type, of a nested object's attribute or of its items. */
const Type *items_type(const Type *object, const char *name);
const Type *items_element(const Type *object, const char *name);
/* A draft of a nested object, every attribute null. */
Draft items_draft(const Type *type, Arena *arena);
/* A copy of a text that does not live in an arena. */
void items_set_copy(Draft *draft, const char *name, const char *text, Arena *arena);
/* Sets null for the empty text. */
void items_set_text(Draft *draft, const char *name, Str text, Arena *arena);

typedef VEC(Value) Values;
/* A list attribute from what was gathered; `type` is the list's. Copies. */
Value items_list(const Type *type, const Values *values, Arena *arena);
Value items_text_list(const StrVec *texts, Arena *arena);
/* The attribute is neither null nor unknown. */
bool items_has(Value object, const char *name);
/* A present nested object, else one with every attribute null. */
Value items_object(Value object, const char *name, Arena *arena);
/* Known and different, as far as both are known. */
bool items_differ(Value a, Value b, const char *name);
/* `planned` with what was unknown in it taken from `actual`: the answer of a call that went well.
 */
Value items_fill(Value planned, Value actual, Arena *arena);
