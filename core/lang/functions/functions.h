/* functions: all families of functions. Each family is a file that ends with its table. */
#pragma once

#include "function_call.h"

extern const FunctionFamily functions_string;
extern const FunctionFamily functions_format;
extern const FunctionFamily functions_regex;
extern const FunctionFamily functions_collection;
extern const FunctionFamily functions_list;
extern const FunctionFamily functions_mapping;
extern const FunctionFamily functions_set;
extern const FunctionFamily functions_numeric;
extern const FunctionFamily functions_conversion;
extern const FunctionFamily functions_expression;
extern const FunctionFamily functions_encoding;
extern const FunctionFamily functions_json;
extern const FunctionFamily functions_yaml;
extern const FunctionFamily functions_csv;
extern const FunctionFamily functions_hash;
extern const FunctionFamily functions_crypto;
extern const FunctionFamily functions_network;
extern const FunctionFamily functions_date;
extern const FunctionFamily functions_filesystem;
extern const FunctionFamily functions_tfvars;
extern const FunctionFamily functions_assume;

#define FUNCTIONS_COUNT 21
extern const FunctionFamily *const functions_all[FUNCTIONS_COUNT];
/* Returns a table of all these functions and those of `more` (NULL: none). */
FunctionTable *functions_table(const FunctionFamily *more, Arena *arena);
