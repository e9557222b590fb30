/* Paths of errors, found in an object. */
#include "unit.h"

#include "field_path.h"
#include "json.h"

static const char object_json[] =
    "{\"metadata\":{\"labels\":{\"app\":\"x\",\"app.kubernetes.io/"
    "name\":\"y\"}},\"data\":{\"a.b\":1},"
    "\"spec\":{\"ports\":[{\"port\":80,\"protocol\":\"UDP\"},{\"port\":80,\"protocol\":\"TCP\"},"
    "{\"port\":81,\"to\":1},{\"port\":82,\"to\":1},{\"port\":82,\"to\":2}],"
    "\"containers\":[{\"name\":\"a]b\"},{\"name\":\"web\",\"image\":\"i\"}],\"set\":[\"x\",\"y\"]}"
    "}";

typedef struct PathCase {
    const char *text;
    const char *path; /* with "…" if the object has only a part of it */
} PathCase;

static void test_paths(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const PathCase cases[] = {
        {"", ""},
        {".metadata.labels.app", ".metadata.labels.app"},
        {".metadata.labels.app.kubernetes.io/name", ".metadata.labels.app.kubernetes.io/name"},
        {"metadata.labels[app.kubernetes.io/name]", ".metadata.labels.app.kubernetes.io/name"},
        {"data[\"a.b\"]", ".data.a.b"},
        {".spec.containers[name=\"web\"].image", ".spec.containers[1].image"},
        {".spec.containers[name=\"a]b\"]", ".spec.containers[0]"},
        {".spec.ports[port=80,protocol=\"TCP\"].port", ".spec.ports[1].port"},
        {".spec.ports[port=81,protocol=\"TCP\"].to", ".spec.ports[2].to"},
        {".spec.ports[port=82,protocol=\"TCP\"].to", ".spec.ports…"},
        {".spec.ports[protocol=\"SCTP\"].port", ".spec.ports…"},
        {"spec.ports[0].port", ".spec.ports[0].port"},
        {".spec.set[=\"y\"]", ".spec.set[1]"},
        {"spec.ports[7]", ".spec.ports…"},
        {".spec.containers[name=\"none\"].image", ".spec.containers…"},
        {".spec.ports[port=80,protocol=\"SCTP\"]", ".spec.ports…"},
        {".spec.replicas", ".spec…"},
        {".spec.ports[", ".spec.ports…"},
        {".spec.containers[name", ".spec.containers…"},
        {".nothing", "…"},
    };
    const char *error;
    size_t offset;
    Value object;
    assert_true(json_parse_any(str_from_cstr(object_json), &object, &error, &offset, arena));
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        bool is_whole;
        StrBuf shown = strbuf_new(arena);
        Path path = field_path_read(str_from_cstr(cases[i].text), object, &is_whole, arena);
        for (size_t k = 0; k < path.count; k++) {
            const PathStep *step = &path.steps[k];
            if (step->is_index)
                strbuf_add_format(&shown, "[%.*s]", STR_ARG(value_number_text(step->key, arena)));
            else
                strbuf_add_format(&shown, ".%.*s", STR_ARG(step->name));
        }
        if (!is_whole)
            strbuf_add_cstr(&shown, "…");
        check_str_at(strbuf_str(&shown), str_from_cstr(cases[i].path), cases[i].text, __FILE__,
                     __LINE__);
    }
}

UNIT_MAIN(test_field_path) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_paths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
