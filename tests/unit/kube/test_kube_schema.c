/* Schemas of definitions and of a server's OpenAPI document. openapi.recorded is that of Services
 * on Kubernetes 1.34, without descriptions. */
#include "kube_schema.h"

#include "disk.h"
#include "json.h"
#include "unit.h"

static Value parsed(Str text, Arena *arena) {
    Value value;
    const char *error;
    size_t offset;
    if (!json_parse_any(text, &value, &error, &offset, arena))
        fail_msg("%.*s: %s at %zu", STR_ARG(text), error, offset);
    return value;
}

/* Returns "path: text" for each error, one a line. */
static Str errors_of(const KubeSchema *schema, Value object, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    KubeSchemaErrors errors = kube_schema_check(schema, object, arena);
    vec_each(&errors, error)
        strbuf_add_format(&text, "%.*s: %.*s\n", STR_ARG(path_to_str(error->path, arena)),
                          STR_ARG(error->text));
    return strbuf_str(&text);
}

typedef struct SchemaCase {
    const char *schema; /* of the member `spec` */
    const char *spec;
    const char *errors;
} SchemaCase;

static void check_cases(const SchemaCase *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        KubeSchema schema;
        Value definition = parsed(
            str_format(arena,
                       "{\"spec\":{\"versions\":[{\"name\":\"v1alpha1\",\"schema\":{"
                       "\"openAPIV3Schema\":{}}},{\"name\":\"v1\",\"schema\":{\"openAPIV3Schema\":"
                       "{\"type\":\"object\",\"properties\":{\"spec\":%s}}}}]}}",
                       cases[i].schema),
            arena);
        Value object = parsed(str_format(arena,
                                         "{\"apiVersion\":\"g/v1\",\"kind\":\"K\",\"metadata\":{"
                                         "\"name\":\"n\"},\"status\":{},\"spec\":%s}",
                                         cases[i].spec),
                              arena);
        assert_true(kube_schema_of_definition(definition, STR("v1"), &schema));
        check_str(errors_of(&schema, object, arena), cases[i].errors);
    }
}

#define OBJECT(properties) "{\"type\":\"object\",\"properties\":{" properties "}}"

static void fields(void **) {
    static const SchemaCase cases[] = {
        {OBJECT("\"size\":{\"type\":\"integer\"}"), "{\"size\":1}", ""},
        {OBJECT("\"size\":{\"type\":\"integer\"}"), "{\"sise\":1}",
         ".spec.sise: The kind has no field \"sise\" here. Did you mean \"size\"?\n"},
        {OBJECT("\"size\":{\"type\":\"integer\"}"), "{\"other\":{\"size\":1},\"none\":null}",
         ".spec.other: The kind has no field \"other\" here.\n"},
        {"{\"type\":\"object\",\"x-kubernetes-preserve-unknown-fields\":true,\"properties\":{"
         "\"size\":{\"type\":\"integer\"}}}",
         "{\"other\":1,\"size\":\"1\"}",
         ".spec.size: The field must be a whole number, but is a string.\n"},
        {"{\"type\":\"object\"}", "{\"other\":1}", ""},
        {"{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}",
         "{\"a\":\"b\",\"c\":1}", ".spec.c: The field must be a string, but is a whole number.\n"},
        {"{\"type\":\"object\",\"additionalProperties\":true}", "{\"a\":1}", ""},
        {OBJECT(
             "\"list\":{\"type\":\"array\",\"items\":" OBJECT("\"a\":{\"type\":\"string\"}") "}"),
         "{\"list\":[{\"a\":\"b\"},{\"b\":\"a\"},null]}",
         ".spec.list[1].b: The kind has no field \"b\" here.\n"},
        {OBJECT("\"template\":{\"type\":\"object\",\"x-kubernetes-embedded-resource\":true,"
                "\"properties\":{\"spec\":{\"type\":\"object\"}}}"),
         "{\"template\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\","
         "\"lables\":{}},\"spec\":{\"x\":1},\"data\":1}}",
         ".spec.template.data: The kind has no field \"data\" here.\n"
         ".spec.template.metadata.lables: The kind has no field \"lables\" here. Did you mean "
         "\"labels\"?\n"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

static void types(void **) {
    static const SchemaCase cases[] = {
        {OBJECT("\"a\":{\"type\":\"string\"}"), "{\"a\":1.5}",
         ".spec.a: The field must be a string, but is a number.\n"},
        {OBJECT("\"a\":{\"type\":\"boolean\"}"), "{\"a\":\"true\"}",
         ".spec.a: The field must be true or false, but is a string.\n"},
        {OBJECT("\"a\":{\"type\":\"integer\"}"), "{\"a\":1.5}",
         ".spec.a: The field must be a whole number, but is a number.\n"},
        {OBJECT("\"a\":{\"type\":\"integer\"}"), "{\"a\":9223372036854775808}", ""},
        {OBJECT("\"a\":{\"type\":\"number\"}"), "{\"a\":1}", ""},
        {OBJECT("\"a\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"), "{\"a\":\"b\"}",
         ".spec.a: The field must be a list, but is a string.\n"},
        {OBJECT("\"a\":{\"type\":\"object\"}"), "{\"a\":[]}",
         ".spec.a: The field must be an object, but is a list.\n"},
        {OBJECT("\"a\":{\"x-kubernetes-int-or-string\":true}"), "{\"a\":\"50%\"}", ""},
        {OBJECT("\"a\":{\"x-kubernetes-int-or-string\":true}"), "{\"a\":3}", ""},
        {OBJECT("\"a\":{\"x-kubernetes-int-or-string\":true}"), "{\"a\":true}",
         ".spec.a: The field must be a whole number or a string, but is a boolean.\n"},
        {OBJECT("\"a\":{\"type\":\"string\",\"nullable\":true}"), "{\"a\":null}", ""},
        {OBJECT("\"a\":{\"x-kubernetes-preserve-unknown-fields\":true}"), "{\"a\":[1,{}]}", ""},
        {OBJECT("\"a\":{\"type\":\"string\",\"enum\":[\"Always\",\"Never\"]}"), "{\"a\":\"Nevr\"}",
         ".spec.a: The field must be one of \"Always\", \"Never\". Did you mean \"Never\"?\n"},
        {OBJECT("\"a\":{\"type\":\"string\",\"enum\":[\"Always\",\"Never\"]}"), "{\"a\":\"Never\"}",
         ""},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

#define REQUIRED(names, properties)                                                                \
    "{\"type\":\"object\",\"required\":[" names "],\"properties\":{" properties "}}"

static void missing(void **) {
    static const SchemaCase cases[] = {
        {REQUIRED("\"a\",\"b\"", "\"a\":{\"type\":\"string\"},\"b\":{\"type\":\"string\"}"),
         "{\"a\":\"x\"}", ".spec: The field \"b\" is missing here.\n"},
        {REQUIRED("\"a\"", "\"a\":{\"type\":\"string\",\"default\":\"x\"}"), "{}", ""},
        {OBJECT("\"a\":" REQUIRED("\"b\"", "\"b\":{\"type\":\"string\"}")), "{}", ""},
        {OBJECT("\"a\":{\"type\":\"array\",\"items\":" REQUIRED("\"b\"",
                                                                "\"b\":{\"type\":\"string\"}") "}"),
         "{\"a\":[{\"b\":\"x\"},{}]}", ".spec.a[1]: The field \"b\" is missing here.\n"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

/* Definitions do not describe metadata, which is checked all the same. */
static void metadata(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeSchema schema;
    Value definition = parsed(STR("{\"spec\":{\"versions\":[{\"name\":\"v1\",\"schema\":{"
                                  "\"openAPIV3Schema\":{\"type\":\"object\",\"properties\":{"
                                  "\"metadata\":{\"type\":\"object\"}}}}}]}}"),
                              arena);
    Value object = parsed(STR("{\"apiVersion\":\"g/v1\",\"metadata\":{\"name\":\"n\",\"labels\":{"
                              "\"a\":1,\"b\":\"c\"},\"anotations\":{},\"uid\":null}}"),
                          arena);
    assert_true(kube_schema_of_definition(definition, STR("v1"), &schema));
    assert_false(kube_schema_of_definition(definition, STR("v2"), &(KubeSchema){0}));
    check_str(errors_of(&schema, object, arena),
              ".metadata.anotations: The kind has no field \"anotations\" here. Did you mean "
              "\"annotations\"?\n"
              ".metadata.labels[\"a\"]: The field must be a string, but is a whole number.\n");
}

static void unknowns(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeSchema schema;
    Value definition =
        parsed(STR("{\"spec\":{\"versions\":[{\"name\":\"v1\",\"schema\":{\"openAPIV3Schema\":"
                   "{\"type\":\"object\",\"required\":[\"spec\"],\"properties\":{\"spec\":"
                   "{\"type\":\"object\"}}}}}]}}"),
               arena);
    Str *names = arena_new_array(arena, Str, 1);
    Value *items = arena_new_array(arena, Value, 1);
    names[0] = STR("spec");
    items[0] = value_unknown(&TYPE_STRING);
    assert_true(kube_schema_of_definition(definition, STR("v1"), &schema));
    check_str(errors_of(&schema, value_object(names, items, 1, arena), arena), "");
    check_str(errors_of(&schema, value_unknown(&TYPE_DYNAMIC), arena), "");
}

/* The document of a server: references, defaults of zero values, ports that are numbers or names.
 */
static void documents(void **) {
    static const struct {
        const char *object;
        const char *errors;
    } cases[] = {
        {"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\",\"labels\":{"
         "\"a\":\"b\"}},\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":\"http\"},{\"port\":81,"
         "\"targetPort\":81}],\"selector\":{\"a\":\"b\"}}}",
         ""},
        {"{\"metadata\":{\"labels\":{\"a\":1}},\"spec\":{\"type\":\"NodPort\",\"ports\":[{\"port\":"
         "\"80\",\"protocl\":\"TCP\",\"targetPort\":true}]},\"data\":{}}",
         ".data: The kind has no field \"data\" here.\n"
         ".metadata.labels.a: The field must be a string, but is a whole number.\n"
         ".spec.ports[0].port: The field must be a whole number, but is a string.\n"
         ".spec.ports[0].protocl: The kind has no field \"protocl\" here. Did you mean "
         "\"protocol\"?\n"
         ".spec.ports[0].targetPort: The field must be a whole number or a string, but is a "
         "boolean.\n"
         ".spec.type: The field must be one of \"ClusterIP\", \"ExternalName\", "
         "\"LoadBalancer\", \"NodePort\". Did you mean \"NodePort\"?\n"},
        {"{\"metadata\":{\"ownerReferences\":[{\"uid\":\"u\"}]}}", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    Str text;
    KubeSchema schema;
    Str path = STR(LOAM_SOURCE_DIR "/tests/unit/kube/openapi.recorded");
    assert_int_equal(disk_real.read_file(disk_real.self, path, &text, arena), 0);
    Value document = parsed(text, arena);
    assert_false(kube_schema_of_document(document, STR(""), STR("v1"), STR("Pod"), &schema));
    assert_false(kube_schema_of_document(document, STR("g"), STR("v1"), STR("Service"), &schema));
    assert_true(kube_schema_of_document(document, STR(""), STR("v1"), STR("Service"), &schema));
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(errors_of(&schema, parsed(str_from_cstr(cases[i].object), arena), arena),
                  cases[i].errors);
}

/* Documents that are no schemas accept everything. */
static void damaged(void **) {
    static const SchemaCase cases[] = {
        {"[]", "{\"a\":1}", ""},
        {"{\"$ref\":\"#/components/schemas/none\"}", "{\"a\":1}", ""},
        {"{\"type\":7,\"properties\":[],\"required\":{},\"enum\":3}", "{\"a\":1}", ""},
        {"{\"allOf\":[{\"$ref\":\"elsewhere\"}],\"required\":[null,1]}", "{\"a\":1}", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeSchema schema;
    check_cases(cases, ARRAY_COUNT(cases));
    Value circle = parsed(STR("{\"components\":{\"schemas\":{\"a\":{\"$ref\":\"#/components/"
                              "schemas/a\",\"x-kubernetes-group-version-kind\":[{\"group\":\"\","
                              "\"version\":\"v1\",\"kind\":\"A\"}]}}}}"),
                          arena);
    assert_true(kube_schema_of_document(circle, STR(""), STR("v1"), STR("A"), &schema));
    check_str(errors_of(&schema, circle, arena), "");
}

/* The nearest field, through references, lists and maps of a document. */
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

typedef struct SuggestionCase {
    const char *path;
    const char *name;
    const char *hint;
} SuggestionCase;

static void suggestions(void **) {
    static const SuggestionCase cases[] = {
        {"", "spce", " Did you mean \"spec\"?"},
        {".spec", "sise", " Did you mean \"size\"?"},
        {".spec.items[1]", "wieght", " Did you mean \"weight\"?"},
        {".spec.named.any", "sise", " Did you mean \"size\"?"},
        {".spec.named[\"a.b\"]", "sise", " Did you mean \"size\"?"},
        {".spec", "other", ""},
        {".spec.absent", "sise", ""},
        {".loop", "sise", ""},
        {".spec.size.deep.deep", "sise", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeSchema schema;
    assert_true(kube_schema_of_document(parsed(STR(DOCUMENT), arena), STR("g.x"), STR("v1"),
                                        STR("Web"), &schema));
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Path path = path_parse(str_from_cstr(cases[i].path), arena);
        check_str(kube_schema_did_you_mean(&schema, path, str_from_cstr(cases[i].name), arena),
                  cases[i].hint);
    }
}

UNIT_MAIN(test_kube_schema) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),   cmocka_unit_test(types),       cmocka_unit_test(missing),
        cmocka_unit_test(metadata), cmocka_unit_test(unknowns),    cmocka_unit_test(documents),
        cmocka_unit_test(damaged),  cmocka_unit_test(suggestions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
