/* Helpers shared by the block decoders of test files. */
#include "config_test_block.h"

#include "config_read.h"

bool config_test_variables_decode(TestLoading *loading,
                                  const BodyBlock *block,
                                  TestVariables *out) {
    BodyContent content;
    bool ok =
        body_attributes(block->body, BODY_EXPRESSION, &content, loading->arena, loading->diags);
    vec_each(&content.attributes, attribute) {
        TestVariable variable = {attribute->name, attribute->expr, attribute->name_range};
        vec_push(loading->arena, out, variable);
    }
    return ok;
}

void config_test_refuse_second(TestLoading *loading,
                               const BodyBlock *block,
                               const BodyBlock *first) {
    Str summary = str_format(loading->arena, "Multiple \"%.*s\" blocks", STR_ARG(block->type));
    diags_error(loading->diags, block->range, str_to_cstr(summary, loading->arena),
                "Only one \"%.*s\" block is allowed here; the first is at %.*s.",
                STR_ARG(block->type), STR_ARG(config_read_place(first->range, loading->arena)));
}
