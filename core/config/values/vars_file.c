/* Reads variable files: bodies with constant arguments only. */
#include "vars_file.h"

#include "body_file.h"
#include "eval.h"

static bool file_read_body(const SourceText *source, BodyParse *parse, VarsFileValues *out,
                           Arena *arena, Diags *diags) {
    const FunctionTable *functions = function_table_new(NULL, 0, arena);
    const Body *body = NULL;
    BodyContent content;
    if (!body_file_parse(parse, source, functions, &body, arena, diags))
        return false;
    bool ok = body_attributes(body, BODY_LITERAL, &content, arena, diags);
    vec_each(&content.attributes, attribute) {
        VarsFileValue value = {
            .name = attribute->name,
            .name_range = attribute->name_range,
            .range = attribute->expr->range,
            .expr = attribute->expr,
        };
        if (eval_constant(attribute->expr, &value.value, arena, diags))
            vec_push(arena, out, value);
        else
            ok = false;
    }
    return ok;
}

bool vars_file_read(const SourceText *source, VarsFileValues *out, Arena *arena, Diags *diags) {
    Str path = source->path;
    bool is_yaml = str_ends_with(path, STR(".yaml")) || str_ends_with(path, STR(".yml"));
    bool is_native = str_ends_with(path, STR(".tfvars"));
    bool is_json = str_ends_with(path, STR(".json"));
    if (is_yaml)
        return file_read_body(source, body_yaml_parse, out, arena, diags);
    if (is_json || (!is_native && str_starts_with(str_trim(source->bytes), STR("{"))))
        return file_read_body(source, body_json_parse, out, arena, diags);
    return file_read_body(source, body_hcl_parse, out, arena, diags);
}
