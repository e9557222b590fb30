/* The nearest field, through references, lists and maps of a document. */
#include "kube_script.h"

#include "kube_schema.h"

/* clang-format off */
#define REF(name)  "{\"$ref\":\"#/components/schemas/" name "\"}"
#define KIND(group, kind) \
    "\"x-kubernetes-group-version-kind\":[{\"group\":\"" group "\",\"version\":\"v1\",\"kind\":\"" kind "\"}]"
#define DOCUMENT                                                                                        \
    "{\"components\":{\"schemas\":{"                                                                    \
    "\"other\":{\"properties\":{\"replicas\":{}}," KIND("", "Web") "},"                                 \
    "\"io.x.Web\":{\"properties\":{\"spec\":{\"allOf\":[" REF("io.x.Spec") "]},\"loop\":" REF("loop")   \
    "}," KIND("g.x", "Web") "},"                                                                        \
    "\"io.x.Spec\":{\"properties\":{\"size\":{},"                                                       \
    "\"items\":{\"items\":{\"properties\":{\"weight\":{}}}},"                                           \
    "\"named\":{\"additionalProperties\":" REF("io.x.Spec") "}}},"                                      \
    "\"loop\":" REF("loop") "}}}"
/* clang-format on */

static const KubeResource webs = {.group = STR_CONST("g.x"),
                                  .version = STR_CONST("v1"),
                                  .kind = STR_CONST("Web"),
                                  .plural = STR_CONST("webs")};
static const KubeResource absent = {
    .group = STR_CONST("g.x"), .version = STR_CONST("v1"), .kind = STR_CONST("Absent")};

typedef struct Row {
    const KubeResource *resource;
    const char *path;
    const char *name;
    const char *hint;
    KubeScriptRow answer;
} Row;

static const Row rows[] = {
    {&webs,   "",                     "spce",   " Did you mean \"spec\"?",   {200, DOCUMENT}                            },
    {&webs,   ".spec",                "sise",   " Did you mean \"size\"?",   {200, DOCUMENT}                            },
    {&webs,   ".spec.items[1]",       "wieght", " Did you mean \"weight\"?", {200, DOCUMENT}                            },
    {&webs,   ".spec.named.any",      "sise",   " Did you mean \"size\"?",   {200, DOCUMENT}                            },
    {&webs,   ".spec.named[\"a.b\"]", "sise",   " Did you mean \"size\"?",   {200, DOCUMENT}                            },
    {&webs,   ".spec",                "other",  "",                          {200, DOCUMENT}                            },
    {&webs,   ".spec.absent",         "sise",   "",                          {200, DOCUMENT}                            },
    {&webs,   ".loop",                "sise",   "",                          {200, DOCUMENT}                            },
    {&webs,   ".spec.size.deep.deep", "sise",   "",                          {200, DOCUMENT}                            },
    {&absent, "",                     "spce",   "",                          {200, DOCUMENT}                            },
    {&webs,   "",                     "spce",   "",                          {200, "{}"}                                },
    {&webs,   "",                     "spce",   "",                          {200, "no JSON"}                           },
    {&webs,   "",                     "spce",   "",                          {503, "absent"}                            },
    {&webs,   "",                     "spce",   "",                          {200, "{\"components\":{\"schemas\":[1]}}"}},
};

static void suggestions(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        KubeScript script;
        kube_script_open(&script, &rows[i].answer, 1, NULL, arena);
        KubeCall call = {.client = script.client, .arena = arena};
        Path path = path_parse(str_from_cstr(rows[i].path), arena);
        Str name = str_from_cstr(rows[i].name);
        check_str(kube_schema_did_you_mean(&call, rows[i].resource, path, name), rows[i].hint);
        check_str(vec_last(&script.requests), "GET /openapi/v3/apis/g.x/v1");
        kube_client_close(script.client);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suggestions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
