/* Any bytes as a YAML, a JSON and a native file: reads all attributes of the bodies. */
#include "body.h"
#include "functions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    const FunctionTable *functions = functions_table(NULL, arena);
    const SourceText *source = source_text_new(STR("fuzz"), (Str){(const char *)data, size}, arena);
    for (int i = 0; i < 3; i++) {
        Diags diags = diags_new(arena);
        const Body *body;
        BodyContent content = {0};
        bool ok = i == 0   ? body_yaml_parse(source, functions, &body, arena, &diags)
                  : i == 1 ? body_json_parse(source, functions, &body, arena, &diags)
                           : body_hcl_parse(source, functions, &body, arena, &diags);
        if (ok)
            ok = body_attributes(body, BODY_EXPRESSION, &content, arena, &diags);
        CHECK(ok || diags_has_errors(&diags));
        for (size_t j = 0; j < diags.count; j++) {
            SourceRange range = source_range_resolve(diags.items[j].range);
            if (range.source)
                CHECK(source_text_position(range.source, range.start).line > 0);
        }
    }
    return 0;
}
