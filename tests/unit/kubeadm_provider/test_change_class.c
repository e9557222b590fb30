/* change_class: each argument of a cluster's configuration has one class. */
#include "change_class.h"
#include "kubeadm_provider.h"
#include "kubeadm_schema.h"
#include "object_builder.h"
#include "resource_case.h"

static size_t rows_for(Str path) {
    size_t count = 0;
    for (size_t i = 0; i < CHANGE_ROW_COUNT; i++) {
        Str row = str_from_cstr(change_class_rows[i].path);
        bool is_above =
            str_starts_with(path, row) && path.len > row.len && path.ptr[row.len] == '.';
        count += str_equal(path, row) || is_above;
    }
    return count;
}

static void check_schema(const Schema *schema, Str above, Arena *arena) {
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        Str path = str_format(arena, "%.*s.%s", STR_ARG(above), attribute->name);
        if (rows_for(path) == 0 && attribute->nested && attribute->nested->nesting == NEST_SINGLE)
            check_schema(&attribute->nested->schema, path, arena);
        else if (rows_for(path) != 1)
            fail_msg("%.*s has %zu classes", STR_ARG(path), rows_for(path));
    }
}

/* An attribute without a class would change without an effect. */
static void test_complete(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_schema(&kubeadm_schema_init.schema, STR("init"), arena);
    check_schema(&kubeadm_schema_cluster.schema, STR("cluster"), arena);
    assert_int_equal(rows_for(STR("endpoint")), 1);
    assert_int_equal(rows_for(STR("pki")), 1);
    assert_int_equal(rows_for(STR("files")), 1);
    assert_int_equal(rows_for(STR("kubelet")), 1);
    assert_int_equal(rows_for(STR("kube_proxy")), 1);
}

/* A path without an attribute would never differ. */
static void test_paths(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < CHANGE_ROW_COUNT; i++) {
        const Schema *schema = &kubeadm_init.type.schema;
        Path path = change_class_path(change_class_rows[i].path, arena);
        for (size_t k = 0; k < path.count; k++) {
            const Attribute *found =
                schema ? schema_find_attribute(schema, path.steps[k].name) : NULL;
            if (!found)
                fail_msg("no attribute %s", change_class_rows[i].path);
            schema = found->nested ? &found->nested->schema : NULL;
        }
    }
}

#define FLAG(name, value)                                                                          \
    "{\"cluster\":{\"api_server\":{\"extra_args\":[{\"name\":\"" name "\",\"value\":\"" value      \
    "\"}]}}}"

static void test_differences(void **) {
    static const struct {
        const char *prior;
        const char *planned;
        const char *path; /* NULL: no difference */
        ChangeClass class;
    } rows[] = {
        {"{}", "{}", NULL, 0},
        {"{}", "{\"cluster\":{\"api_server\":{}}}", NULL, 0},
        {FLAG("v", "1"), FLAG("v", "1"), NULL, 0},
        {"{}", FLAG("v", "1"), "cluster.api_server.extra_args", CHANGE_API_SERVER},
        {FLAG("v", "1"), "{}", "cluster.api_server.extra_args", CHANGE_API_SERVER},
        {FLAG("v", "1"), FLAG("v", "2"), "cluster.api_server.extra_args", CHANGE_API_SERVER},
        {"{}", "{\"cluster\":{\"api_server\":{\"cert_sans\":[\"a\"]}}}",
         "cluster.api_server.cert_sans", CHANGE_CERTIFICATE},
        {"{}", "{\"cluster\":{\"scheduler\":{\"extra_args\":[]}}}", "cluster.scheduler",
         CHANGE_SCHEDULER},
        {"{}", "{\"cluster\":{\"networking\":{\"dns_domain\":\"a\"}}}", "cluster.networking",
         CHANGE_FIXED},
        {"{}", "{\"cluster\":{\"image_repository\":\"a\"}}", "cluster.image_repository",
         CHANGE_UPGRADE},
    };
    ResourceCase c = case_open(&kubeadm_init);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Value prior = case_config(&c, rows[i].prior), planned = case_config(&c, rows[i].planned);
        ChangeRows found = change_class_list(prior, planned, c.arena);
        assert_int_equal(found.count, rows[i].path != NULL);
        if (!rows[i].path)
            continue;
        assert_string_equal(found.items[0]->path, rows[i].path);
        assert_int_equal(found.items[0]->class, rows[i].class);
    }
    case_close(&c);
}

/* Unknown values are planned again in the apply. */
static void test_unknown(void **) {
    ResourceCase c = case_open(&kubeadm_init);
    Value prior = case_config(&c, FLAG("v", "1"));
    Value cluster = value_unknown(object_attribute_type(prior.type, "cluster"));
    Value planned = object_with(prior, "cluster", cluster, c.arena);
    assert_int_equal(change_class_list(prior, planned, c.arena).count, 0);
    case_close(&c);
}

UNIT_MAIN(test_change_class) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_complete),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
