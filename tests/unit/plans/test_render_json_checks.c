#include "plan_case.h"
#include "render_json_state.h"

/* clang-format off */
#define INPUT(kind, config, object, rest)                                                          \
    "[{\"object_kind\":\"" kind "\",\"config_addr\":\"" config                                     \
    "\",\"status\":\"pass\",\"objects\":[{\"object_addr\":\"" object "\",\"status\":\"pass\"" rest  \
    "}]}]"

static const struct {
    const char *results;
    const char *json;
} checks[] = {
    {"",                                         "{}"                                         },
    {"null",                                     "{}"                                         },
    {"[]",                                       "{}"                                         },
    {"[",                                        "{}"                                         },
    {"[{\"object_kind\":\"check\",\"config_addr\":\"check.c\",\"status\":\"unknown\",\"objects\":"
     "null}]",                                   "{\"checks\":[{\"address\":{\"kind\":\"check\",\"name\":\"c\",\"to_display\":\"check.c\"},"
     "\"status\":\"unknown\"}]}"},
    {INPUT("check", "module.m.check.c", "module.m[\\\"a.check.b\\\"].check.c", ""),
     "{\"checks\":[{\"address\":{\"kind\":\"check\",\"module\":\"module.m\",\"name\":\"c\","
     "\"to_display\":\"module.m.check.c\"},\"instances\":[{\"address\":{\"module\":\"module.m["
     "\\\"a.check.b\\\"]\",\"to_display\":\"module.m[\\\"a.check.b\\\"].check.c\"},\"status\":"
     "\"pass\"}],\"status\":\"pass\"}]}"                                                      },
    {INPUT("output", "output.o", "output.o", ",\"failure_messages\":[\"a\",\"b\"]"),
     "{\"checks\":[{\"address\":{\"kind\":\"output_value\",\"name\":\"o\",\"to_display\":"
     "\"output.o\"},\"instances\":[{\"address\":{\"to_display\":\"output.o\"},\"problems\":[{"
     "\"message\":\"a\"},{\"message\":\"b\"}],\"status\":\"pass\"}],\"status\":\"pass\"}]}"   },
    {INPUT("var", "module.m.var.v", "module.m.var.v", ""),
     "{\"checks\":[{\"address\":{\"kind\":\"var\",\"module\":\"module.m\",\"name\":\"v\","
     "\"to_display\":\"module.m.var.v\"},\"instances\":[{\"address\":{\"module\":\"module.m\","
     "\"to_display\":\"module.m.var.v\"},\"status\":\"pass\"}],\"status\":\"pass\"}]}"        },
    {INPUT("resource", "module.m.data.t.n", "module.m[1].data.t.n[\\\"k\\\"]", ""),
     "{\"checks\":[{\"address\":{\"kind\":\"resource\",\"mode\":\"data\",\"module\":\"module.m\","
     "\"name\":\"n\",\"type\":\"t\",\"to_display\":\"module.m.data.t.n\"},\"instances\":[{"
     "\"address\":{\"instance_key\":\"k\",\"module\":\"module.m[1]\",\"to_display\":\"module.m[1]."
     "data.t.n[\\\"k\\\"]\"},\"status\":\"pass\"}],\"status\":\"pass\"}]}"                    },
};
/* clang-format on */

static void takes_addresses_apart(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(checks); i++) {
        StrBuf out = strbuf_new(arena);
        JsonWriter writer;
        json_writer_init(&writer, &out, 0);
        json_object_start(&writer);
        render_json_checks(&writer, str_from_cstr(checks[i].results), arena);
        json_object_end(&writer);
        check_str(strbuf_str(&out), checks[i].json);
    }
}

/* Blocks and instances have the order of their addresses, as in Terraform's output. */
static void sorts_by_address(void **) {
    static const char results[] =
        "[{\"object_kind\":\"var\",\"config_addr\":\"var.z\",\"status\":\"pass\",\"objects\":null},"
        "{\"object_kind\":\"resource\",\"config_addr\":\"module.m.t.n\",\"status\":\"pass\","
        "\"objects\":[{\"object_addr\":\"module.m.t.n[2]\",\"status\":\"pass\"},"
        "{\"object_addr\":\"module.m.t.n[10]\",\"status\":\"pass\"}]}]";
    static const char *const order[] = {"\"module.m.t.n\"", "\"module.m.t.n[10]\"",
                                        "\"module.m.t.n[2]\"", "\"var.z\""};
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    json_object_start(&writer);
    render_json_checks(&writer, str_from_cstr(results), arena);
    json_object_end(&writer);
    for (size_t i = 0, from = 0; i < ARRAY_COUNT(order); i++) {
        from = str_find(strbuf_str(&out), str_from_cstr(order[i]), from);
        assert_true(from != SIZE_MAX);
    }
}

UNIT_MAIN(test_render_json_checks) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(takes_addresses_apart),
        PLAN_CASE(sorts_by_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
