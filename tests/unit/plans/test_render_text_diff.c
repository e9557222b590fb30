/* Typed attributes, nested attributes and blocks; other tests cover values of dynamic type. */
#include "plan_case.h"
#include "render_text_diff.h"

static const Attribute port_attributes[] = {
    {"id", &TYPE_STRING, COMPUTED, "Id."},
    {"number", &TYPE_NUMBER, OPTIONAL, "Number."},
    {"proto", &TYPE_STRING, OPTIONAL, "Name."},
};
static const Attribute disk_attributes[] = {
    {"size", &TYPE_NUMBER, REQUIRED | FORCES_NEW, "Size."},
    {"bus", &TYPE_STRING, OPTIONAL, "Bus."},
};
/* The elements of a set with a schema. */
static const Attribute secret_attributes[] = {
    {"user", &TYPE_STRING, OPTIONAL, "User."},
    {"token", &TYPE_STRING, OPTIONAL | SENSITIVE, "Token."},
};
static const NestedObject port_list = {NESTED_OBJECT(NEST_LIST, port_attributes)};
static const NestedObject port = {NESTED_OBJECT(NEST_SINGLE, port_attributes)};
static const NestedObject port_map = {NESTED_OBJECT(NEST_MAP, port_attributes)};
static const NestedObject logins = {NESTED_OBJECT(NEST_SET, secret_attributes)};
static const Attribute attributes[] = {
    {.name = "tags", .type = &TYPE_MAP_OF_STRING, .flags = OPTIONAL},
    {.name = "names", .type = &TYPE_SET_OF_STRING, .flags = OPTIONAL},
    {.name = "steps", .type = &TYPE_LIST_OF_STRING, .flags = OPTIONAL},
    {.name = "password", .type = &TYPE_STRING, .flags = OPTIONAL | SENSITIVE},
    {.name = "ports", .flags = OPTIONAL, .nested = &port_list},
    {.name = "single", .flags = OPTIONAL, .nested = &port},
    {.name = "by_name", .flags = OPTIONAL, .nested = &port_map},
    {.name = "logins", .flags = OPTIONAL, .nested = &logins},
};
static const Block blocks[] = {
    {"disk", NEST_LIST, {SCHEMA_ATTRIBUTES(disk_attributes)}, 0, 0},
    {"net", NEST_MAP, {SCHEMA_ATTRIBUTES(disk_attributes)}, 0, 0},
    {"cpu", NEST_SINGLE, {SCHEMA_ATTRIBUTES(disk_attributes)}, 0, 1},
    {"peer", NEST_SET, {SCHEMA_ATTRIBUTES(disk_attributes)}, 0, 0},
};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};

typedef struct TextCase {
    const char *before;
    const char *after;
    const char *text;
} TextCase;

static const TextCase CASES[] = {
    {"{}", "{}", "{}"},
    {"{\"tags\": {\"$map\": {\"a\": \"1\", \"bb\": \"2\"}}}",
     "{\"tags\": {\"$map\": {\"a\": \"1\", \"bb\": \"3\", \"c\": \"4\"}}}",
     "{\n"
     "      ~ tags = {\n"
     "            \"a\"  = \"1\"\n"
     "          ~ \"bb\" = \"2\" -> \"3\"\n"
     "          + \"c\"  = \"4\"\n"
     "        }\n"
     "    }"},
    {"{\"tags\": {\"$map\": {\"b\": \"1\", \"d\": \"2\"}}}",
     "{\"tags\": {\"$map\": {\"a\": \"1\", \"b\": \"1\", \"c\": \"2\"}}}",
     "{\n"
     "      ~ tags = {\n"
     "          + \"a\" = \"1\"\n"
     "            \"b\" = \"1\"\n"
     "          + \"c\" = \"2\"\n"
     "          - \"d\" = \"2\" -> null\n"
     "        }\n"
     "    }"},
    {"{\"names\": {\"$set\": [\"a\", \"b\", \"c\"]}}",
     "{\"names\": {\"$set\": [\"b\", \"c\", \"d\"]}}",
     "{\n"
     "      ~ names = [\n"
     "          - \"a\",\n"
     "          + \"d\",\n"
     "            # (2 unchanged elements hidden)\n"
     "        ]\n"
     "    }"},
    {"{\"steps\": {\"$list\": [\"a\"]}, \"names\": {\"$set\": [\"x\"]}}",
     "{\"steps\": {\"$list\": [\"a\", \"b\"]}, \"names\": {\"$set\": [\"x\"]}}",
     "{\n"
     "      ~ steps = [\n"
     "            \"a\",\n"
     "          + \"b\",\n"
     "        ]\n"
     "        # (1 unchanged attribute hidden)\n"
     "    }"},
    {"{\"password\": \"x\"}", "{\"password\": \"y\"}",
     "{\n"
     "      ~ password = (sensitive value)\n"
     "    }"},
    {"{\"ports\": [{\"id\": \"a\", \"number\": 1, \"proto\": \"tcp\"}, {\"id\": \"b\", \"number\": "
     "2, \"proto\": null}]}",
     "{\"ports\": [{\"id\": \"a\", \"number\": 7, \"proto\": \"tcp\"}]}",
     "{\n"
     "      ~ ports = [\n"
     "          ~ {\n"
     "                id     = \"a\"\n"
     "              ~ number = 1 -> 7\n"
     "                # (1 unchanged attribute hidden)\n"
     "            },\n"
     "          - {\n"
     "              - id     = \"b\" -> null\n"
     "              - number = 2 -> null\n"
     "            },\n"
     "        ]\n"
     "    }"},
    {"{\"by_name\": {\"$map\": {\"x\": {\"id\": \"i\", \"number\": 1, \"proto\": null}}}}",
     "{\"by_name\": {\"$map\": {\"x\": {\"id\": \"i\", \"number\": 2, \"proto\": null}}}}",
     "{\n"
     "      ~ by_name = {\n"
     "          ~ \"x\" = {\n"
     "                id     = \"i\"\n"
     "              ~ number = 1 -> 2\n"
     "            },\n"
     "        }\n"
     "    }"},
    {"-",
     "{\"steps\": {\"$list\": [\"a\"]}, \"disk\": [{\"size\": 1, \"bus\": \"v\"}, {\"size\": 2}], "
     "\"cpu\": {\"size\": 4}}",
     "{\n"
     "      + steps = [\n"
     "          + \"a\",\n"
     "        ]\n"
     "\n"
     "      + cpu {\n"
     "          + size = 4\n"
     "        }\n"
     "\n"
     "      + disk {\n"
     "          + bus  = \"v\"\n"
     "          + size = 1\n"
     "        }\n"
     "      + disk {\n"
     "          + size = 2\n"
     "        }\n"
     "    }"},
    {"{\"steps\": {\"$list\": [\"a\"]}, \"disk\": [{\"size\": 1}], \"net\": {\"$map\": {\"k\": "
     "{\"size\": 1}}}, \"peer\": [{\"size\": 1}]}",
     "{\"steps\": {\"$list\": [\"a\"]}, \"disk\": [{\"size\": 1}], \"net\": {\"$map\": {\"k\": "
     "{\"size\": 2}}}, \"peer\": [{\"size\": 3}]}",
     "{\n"
     "        # (1 unchanged attribute hidden)\n"
     "\n"
     "      ~ net \"k\" {\n"
     "          ~ size = 1 -> 2\n"
     "        }\n"
     "\n"
     "      - peer {\n"
     "          - size = 1 -> null\n"
     "        }\n"
     "      + peer {\n"
     "          + size = 3\n"
     "        }\n"
     "\n"
     "        # (1 unchanged block hidden)\n"
     "    }"},
    {"{\"logins\": [{\"user\": \"a\", \"token\": \"t\"}, {\"user\": \"b\"}]}",
     "{\"logins\": [{\"user\": \"b\"}, {\"user\": \"c\", \"token\": \"u\"}]}",
     "{\n"
     "      ~ logins = [\n"
     "          - {\n"
     "              - token = (sensitive value) -> null\n"
     "              - user  = \"a\" -> null\n"
     "            },\n"
     "          + {\n"
     "              + token = (sensitive value)\n"
     "              + user  = \"c\"\n"
     "            },\n"
     "            # (1 unchanged element hidden)\n"
     "        ]\n"
     "    }"},
    {"{\"single\": {\"id\": \"a\", \"number\": 1}}", "{\"single\": null}",
     "{\n"
     "      - single = {\n"
     "          - id     = \"a\" -> null\n"
     "          - number = 1 -> null\n"
     "        } -> null\n"
     "    }"},
};

static Str rendered(const RenderDiffInput *input, RenderStyle style) {
    StrBuf out = strbuf_new(arena);
    RenderPen pen = {.out = &out, .scratch = arena, .style = style};
    render_text_diff(&pen, render_diff_body(input, arena), 0, (RenderLook){0});
    return strbuf_str(&out);
}

static void cases(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        RenderDiffInput input = {.schema = &schema,
                                 .before = value_of(CASES[i].before),
                                 .after = value_of(CASES[i].after)};
        check_str(rendered(&input, (RenderStyle){0}), CASES[i].text);
    }
}

/* Terraform shows empty texts of a schema that the old SDK of providers could have as null,
 * OpenTofu omits those of attributes. */
static void empty_texts_of_peers(void **) {
    static const Attribute old_attributes[] = {
        {"kind", &TYPE_STRING, OPTIONAL, "Kind."},
        {"label", &TYPE_STRING, OPTIONAL, "Label."},
        {"steps", &TYPE_LIST_OF_STRING, OPTIONAL, "Steps."},
        {"tags", &TYPE_MAP_OF_STRING, OPTIONAL, "Tags."},
    };
    static const Schema old = {SCHEMA_ATTRIBUTES(old_attributes)};
    static const RenderPeer terraform = {"Terraform", "terraform", true};
    static const RenderPeer opentofu = {"OpenTofu", "tofu", false};
    static const struct {
        const RenderPeer *peer;
        const char *text;
    } rows[] = {
        {NULL, "{\n"
               "      ~ kind  = \"\" -> \"x\"\n"
               "      ~ steps = [\n"
               "          + \"\",\n"
               "        ]\n"
               "      ~ tags  = {\n"
               "          ~ \"a\" = \"1\" -> \"\"\n"
               "        }\n"
               "        # (1 unchanged attribute hidden)\n"
               "    }"},
        {&terraform, "{\n"
                     "      + kind  = \"x\"\n"
                     "      ~ steps = [\n"
                     "          + null,\n"
                     "        ]\n"
                     "      ~ tags  = {\n"
                     "          ~ \"a\" = \"1\" -> null\n"
                     "        }\n"
                     "        # (1 unchanged attribute hidden)\n"
                     "    }"},
        {&opentofu, "{\n"
                    "      + kind  = \"x\"\n"
                    "      ~ steps = [\n"
                    "          + \"\",\n"
                    "        ]\n"
                    "      ~ tags  = {\n"
                    "          ~ \"a\" = \"1\" -> \"\"\n"
                    "        }\n"
                    "    }"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        RenderDiffInput input = {
            .schema = &old,
            .peer = rows[i].peer,
            .before = value_of("{\"kind\": \"\", \"label\": \"\", \"steps\": {\"$list\": []}, "
                               "\"tags\": {\"$map\": {\"a\": \"1\"}}}"),
            .after = value_of("{\"kind\": \"x\", \"label\": \"\", \"steps\": {\"$list\": [\"\"]}, "
                              "\"tags\": {\"$map\": {\"a\": \"\"}}}"),
        };
        check_str(rendered(&input, (RenderStyle){.peer = rows[i].peer}), rows[i].text);
    }
}

/* The elements of lists and the blocks of a modern schema are values of the old SDK again. */
static void empty_texts_in_lists(void **) {
    static const RenderPeer terraform = {"Terraform", "terraform", true};
    RenderDiffInput input = {
        .schema = &schema,
        .peer = &terraform,
        .before = value_of("{\"steps\": {\"$list\": []}, \"tags\": {\"$map\": {\"a\": \"1\"}}}"),
        .after = value_of("{\"steps\": {\"$list\": [\"\"]}, \"tags\": {\"$map\": {\"a\": \"\"}}, "
                          "\"disk\": [{\"size\": 1, \"bus\": \"\"}]}"),
    };
    check_str(rendered(&input, (RenderStyle){.peer = &terraform}),
              "{\n"
              "      ~ steps = [\n"
              "          + null,\n"
              "        ]\n"
              "      ~ tags  = {\n"
              "          ~ \"a\" = \"1\" -> \"\"\n"
              "        }\n"
              "\n"
              "      + disk {\n"
              "          + size = 1\n"
              "            # (1 unchanged attribute hidden)\n"
              "        }\n"
              "    }");
}

/* A null element that becomes lines is a line for the peers; a deleted null has no "-> null". */
static void null_elements_of_peers(void **) {
    static const RenderPeer opentofu = {"OpenTofu", "tofu", false};
    RenderDiffInput input = {
        .schema = &schema,
        .peer = &opentofu,
        .before = value_of("{\"tags\": {\"$map\": {\"a\": null, \"b\": null, \"c\": \"x\"}}}"),
        .after = value_of("{\"tags\": {\"$map\": {\"a\": \"x\\ny\"}}}"),
    };
    check_str(rendered(&input, (RenderStyle){.peer = &opentofu}),
              "{\n"
              "      ~ tags = {\n"
              "          ~ \"a\" = <<-EOT\n"
              "              - null\n"
              "              + x\n"
              "              + y\n"
              "            EOT\n"
              "          - \"b\" = null\n"
              "          - \"c\" = \"x\" -> null\n"
              "        }\n"
              "    }");
}

static void forces_and_notes(void **) {
    Paths paths = {0};
    Path disk = path_index(path_of("disk"), value_int(0), arena);
    vec_push(arena, &paths, path_attribute(disk, STR("size"), arena));
    vec_push(arena, &paths, path_of("steps"));
    ChangeNote note = {path_of("tags"), STR("live: setMetadata")};
    RenderDiffInput input = {
        .schema = &schema,
        .before = value_of("{\"steps\": {\"$list\": [\"a\"]}, \"disk\": [{\"size\": 1}], \"tags\": "
                           "{\"$map\": {}}}"),
        .after = value_of("{\"steps\": {\"$list\": []}, \"disk\": [{\"size\": 2}], \"tags\": "
                          "{\"$map\": {\"k\": \"v\"}}}"),
        .replace_paths = &paths,
        .notes = &note,
        .note_count = 1,
    };
    check_str(rendered(&input, (RenderStyle){0}), "{\n"
                                                  "      ~ steps = [ # forces replacement\n"
                                                  "          - \"a\",\n"
                                                  "        ]\n"
                                                  "      ~ tags  = {\n"
                                                  "          + \"k\" = \"v\"\n"
                                                  "        } # live: setMetadata\n"
                                                  "\n"
                                                  "      ~ disk {\n"
                                                  "          ~ size = 1 -> 2 # forces replacement\n"
                                                  "        }\n"
                                                  "    }");
}

/* A sensitive element of a list that the schema marks as sensitive is never shown. */
static void secrets_stay(void **) {
    static const char *const VALUES[] = {
        "{\"password\": \"hunter2\"}",
        "{\"tags\": {\"$sensitive\": {\"$map\": {\"k\": \"hunter2\"}}}}",
        "{\"tags\": {\"$map\": {\"k\": {\"$sensitive\": \"hunter2\"}}}}",
        "{\"steps\": {\"$list\": [{\"$sensitive\": \"hunter2\"}]}}",
        "{\"disk\": {\"$sensitive\": [{\"bus\": \"hunter2\"}]}}",
        "{\"single\": {\"id\": {\"$sensitive\": \"hunter2\"}}}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(VALUES); i++) {
        Value v = value_of(VALUES[i]);
        RenderDiffInput inputs[] = {
            {.schema = &schema, .before = value_of("-"), .after = v},
            {.schema = &schema, .before = v, .after = value_of("-")},
            {.schema = &schema, .before = v, .after = value_of("{}")},
            {.schema = NULL, .before = v, .after = value_of("{\"steps\": {\"$unknown\": true}}")},
        };
        for (size_t k = 0; k + (i == 0) < ARRAY_COUNT(inputs); k++) {
            Str text = rendered(&inputs[k], (RenderStyle){0});
            if (str_find(text, STR("hunter2"), 0) != SIZE_MAX)
                fail_msg("%.*s", STR_ARG(text));
        }
        RenderDiffInput open = inputs[0];
        open.show_sensitive = true;
        assert_true(str_find(rendered(&open, (RenderStyle){0}), STR("hunter2"), 0) != SIZE_MAX);
    }
}

/* A write-only argument is only listed when its object is created or deleted: its value is unknown.
 */
static void write_only_is_named(void **) {
    static const Attribute hidden[] = {
        {"name", &TYPE_STRING, REQUIRED, "Name."},
        {"token", &TYPE_STRING, OPTIONAL | WRITE_ONLY, "Token."},
    };
    static const Block inner[] = {
        {"login", NEST_LIST, {SCHEMA_ATTRIBUTES(hidden)}, 0, 0},
    };
    static const Schema open = {SCHEMA_ATTRIBUTES(hidden), SCHEMA_BLOCKS(inner)};
    static const TextCase told[] = {
        {"-", "{\"name\": \"a\", \"login\": [{\"name\": \"b\"}]}",
         "{\n      + name  = \"a\"\n      + token = (write-only attribute)\n\n"
         "      + login {\n          + name  = \"b\"\n          + token = (write-only attribute)\n"
         "        }\n    }"},
        {"{\"name\": \"a\"}", "{\"name\": \"b\"}",
         "{\n      ~ name  = \"a\" -> \"b\"\n        # (1 unchanged attribute hidden)\n    }"},
        {"{\"name\": \"a\"}", "-",
         "{\n      - name  = \"a\" -> null\n      - token = (write-only attribute) -> null\n    }"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(told); i++) {
        RenderDiffInput input = {
            .schema = &open, .before = value_of(told[i].before), .after = value_of(told[i].after)};
        check_str(rendered(&input, (RenderStyle){0}), told[i].text);
    }
}

static void colours(void **) {
    RenderDiffInput input = {.schema = &schema,
                             .before = value_of("{\"steps\": {\"$list\": [\"a\"]}}"),
                             .after = value_of("{\"password\": \"x\"}")};
    check_str(rendered(&input, (RenderStyle){.color = true}),
              "{\n"
              "    \033[32m  +\033[0m password = (sensitive value)\n"
              "    \033[31m  -\033[0m steps    = [\n"
              "        \033[31m  -\033[0m \"a\",\n"
              "        ] \033[90m-> null\033[0m\n"
              "    }");
}

UNIT_MAIN(test_render_text_diff) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(cases),
        PLAN_CASE(empty_texts_of_peers),
        PLAN_CASE(empty_texts_in_lists),
        PLAN_CASE(null_elements_of_peers),
        PLAN_CASE(forces_and_notes),
        PLAN_CASE(secrets_stay),
        PLAN_CASE(write_only_is_named),
        PLAN_CASE(colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
