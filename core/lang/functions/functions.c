/* functions: lists the families of functions. */
#include "functions.h"

const FunctionFamily *const functions_all[FUNCTIONS_COUNT] = {
    &functions_string,     &functions_format,     &functions_regex,      &functions_collection,
    &functions_list,       &functions_mapping,    &functions_set,        &functions_numeric,
    &functions_conversion, &functions_expression, &functions_encoding,   &functions_json,
    &functions_yaml,       &functions_csv,        &functions_hash,       &functions_crypto,
    &functions_network,    &functions_date,       &functions_filesystem, &functions_tfvars,
    &functions_assume,
};

FunctionTable *functions_table(const FunctionFamily *more, Arena *arena) {
    FunctionFamily families[FUNCTIONS_COUNT + 1] = {0};
    for (size_t i = 0; i < FUNCTIONS_COUNT; i++)
        families[i] = *functions_all[i];
    if (more)
        families[FUNCTIONS_COUNT] = *more;
    return function_table_new(families, ARRAY_COUNT(families), arena);
}
