/* kubelet_flags: lists of flags of one kubelet, and the file that has them. */
#include "json.h"
#include "kubeadm_provider.h"
#include "kubeadm_schema.h"
#include "kubelet_flags.h"
#include "nested_list.h"
#include "resource_case.h"

/* Returns the list of "a=1 b=2"; NULL: null. */
static Value flags(ResourceCase *c, const char *text) {
    StrBuf json = strbuf_new(c->arena);
    Str word, rest = str_from_cstr(text ? text : "");
    strbuf_add_cstr(&json, "{\"join\":{\"node_registration\":{\"kubelet_extra_args\":[");
    while (rest.len && str_next_field(&rest, ' ', &word)) {
        size_t at = str_find_char(word, '=', 0);
        bool is_first = str_ends_with(strbuf_str(&json), STR("["));
        strbuf_add_format(&json, "%s{\"name\":\"%.*s\",\"value\":\"%.*s\"}", is_first ? "" : ",",
                          STR_ARG(str_slice(word, 0, at)), STR_ARG(str_after(word, at + 1)));
    }
    strbuf_add_cstr(&json, "]}}}");
    Value object = case_config(c, text ? str_to_cstr(strbuf_str(&json), c->arena) : "{}");
    return kubelet_flags_of(object, c->arena);
}

static Str join_names(const StrVec *names, Arena *arena) {
    return str_join(names->items, names->count, STR(" "), arena);
}

static Str list_text(Value list, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; value_is_present(list) && i < list.count; i++)
        strbuf_add_format(&out, "%s%.*s=%.*s", i ? " " : "",
                          STR_ARG(object_text(value_at(list, i), "name", STR_EMPTY)),
                          STR_ARG(object_text(value_at(list, i), "value", STR_EMPTY)));
    return strbuf_str(&out);
}

static void test_changes(void **) {
    static const struct {
        const char *before, *after, *changed, *dropped, *names, *words;
    } rows[] = {
        {NULL, NULL, "", "", "", ""},
        {"v=2", "v=2", "", "", "", ""},
        {"a=1 v=2", "v=2 a=1", "", "", "", ""},
        {NULL, "", "", "", "", ""},
        {NULL, "v=4", "v", "v", "v", "--v=4\n"},
        {"v=4", NULL, "v", "v", "", ""},
        {"v=4 a=1", "a=2 b=3", "a b v", "v a b", "a b", "--a=2\n--b=3\n"},
        /* A flag that occurs twice is one name. */
        {"a=1", "a=1 a=2", "a", "a", "a", "--a=1\n--a=2\n"},
        {"a=1 a=2", "a=2 a=1", "a", "a", "a", "--a=2\n--a=1\n"},
        /* Without a node-ip of its own, the node has that of loam. */
        {"node-ip=10.0.0.7 v=1", "v=1", "node-ip", "node-ip v", "v", "--v=1\n--node-ip=10.0.0.9\n"},
        {NULL, "node-ip=10.0.0.7", "node-ip", "node-ip", "node-ip", "--node-ip=10.0.0.7\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_join);
        Value before = flags(&c, rows[i].before), after = flags(&c, rows[i].after);
        StrVec changed = kubelet_flags_changed(before, after, c.arena);
        KubeletFlags found = kubelet_flags_change(before, after, STR("10.0.0.9"), c.arena);
        check_str(join_names(&changed, c.arena), rows[i].changed);
        check_str(found.dropped, rows[i].dropped);
        check_str(found.names, rows[i].names);
        check_str(found.words, rows[i].words);
        case_close(&c);
    }
}

static void test_sorts(void **) {
    ResourceCase c = case_open(&kubeadm_join);
    Value none = flags(&c, NULL);
    Value list = flags(&c, "v=1 cpu-manager-policy=static node-labels=a=b");
    StrVec fields = kubelet_flags_fields(none, list, c.arena);
    StrVec late = kubelet_flags_at_registration(none, list, c.arena);
    check_str(join_names(&fields, c.arena), "v cpuManagerPolicy nodeLabels");
    check_str(join_names(&late, c.arena), "node-labels");
    check_str(kubelet_flags_fixed(none, list, c.arena), "");
    check_str(kubelet_flags_fixed(none, flags(&c, "v=1 root-dir=/x"), c.arena), "root-dir");
    check_str(kubelet_flags_fixed(flags(&c, "hostname-override=x"), none, c.arena),
              "hostname-override");
    check_str(kubelet_flags_fixed(list, list, c.arena), "");
    case_close(&c);
}

static void test_words(void **) {
    static const char *const bad[] = {"a\\\\b", "a\\\"b", "a'b", "a\\tb", "a\\nb"};
    ResourceCase c = case_open(&kubeadm_join);
    check_str(kubelet_flags_check(flags(&c, "v=1 eviction-hard=memory.available<100Mi"), c.arena),
              "");
    check_str(kubelet_flags_check(flags(&c, NULL), c.arena), "");
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        Str text = str_format(c.arena, "v=%s", bad[i]);
        Str problem = kubelet_flags_check(flags(&c, str_to_cstr(text, c.arena)), c.arena);
        assert_true(str_find(problem, STR("systemd would split it"), 0) != SIZE_MAX);
    }
    Str problem = kubelet_flags_check(flags(&c, "v$=1"), c.arena);
    assert_true(str_find(problem, STR("not the name of a flag"), 0) != SIZE_MAX);
    case_close(&c);
}

/* What a refresh finds on the machine. */
static void test_observed(void **) {
    static const struct {
        const char *stored, *file, *names, *found; /* NULL: the stored list itself */
    } rows[] = {
        {NULL, "", "", NULL},
        {NULL, "KUBELET_KUBEADM_ARGS=\"--node-ip=10.0.0.9 --v=2\"\n", "", NULL},
        {"v=2", "KUBELET_KUBEADM_ARGS=\"--node-ip=10.0.0.9 --v=2\"\n", "", NULL},
        {"v=2", "KUBELET_KUBEADM_ARGS=\"--v=2\"\n", "v ", NULL},
        {"v=2", "KUBELET_KUBEADM_ARGS=\"--v=3\"\n", "", "v=3"},
        {"v=2 a=1", "# x\nKUBELET_KUBEADM_ARGS=\"--vv=3 --a=1\"\n", "", "a=1"},
        {"v=2", "KUBELET_KUBEADM_ARGS=\"\"", "", ""},
        /* A killed apply has set a flag that the state does not have. */
        {NULL, "KUBELET_KUBEADM_ARGS=\"--v=2 --b=1\"\n", "b", "b=1"},
        {"v=2", "KUBELET_KUBEADM_ARGS=\"--v=2 --b=1 --b=2\"\n", "v b", "v=2 b=1 b=2"},
        {"v=2", "KUBELET_KUBEADM_ARGS=\"--v=2\"\n", "v b", NULL},
        {"v=a=b", "KUBELET_KUBEADM_ARGS=\"--v=a=b\"\n", "", NULL},
        {"v=<1", "KUBELET_KUBEADM_ARGS=\"--v=<1 --x=\\\"\\\\\"\n", "", NULL},
        /* Not the file of kubeadm. */
        {"v=2", "KUBELET_EXTRA_ARGS=\"--v=3\"\n", "", NULL},
        {"v=2", "KUBELET_KUBEADM_ARGS=--v=3\n", "", NULL},
        {"v=2", "KUBELET_KUBEADM_ARGS=\"", "", NULL},
        {"v=a'b", "KUBELET_KUBEADM_ARGS=\"--v=3\"\n", "", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_join);
        Value stored = flags(&c, rows[i].stored);
        Value found = kubelet_flags_observed(stored, str_from_cstr(rows[i].file),
                                             str_from_cstr(rows[i].names), stored.type, c.arena);
        if (!rows[i].found)
            assert_true(value_identical(stored, found));
        else if (value_is_null(found) || !str_equal_cstr(list_text(found, c.arena), rows[i].found))
            fail_msg("%zu: %.*s", i, STR_ARG(list_text(found, c.arena)));
        case_close(&c);
    }
}

/* The list of either type is replaced in place. */
static void test_objects(void **) {
    static const ResourceType *const types[] = {&kubeadm_init, &kubeadm_join};
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        ResourceCase join = case_open(&kubeadm_join), c = case_open(types[i]);
        Value object = kubelet_flags_with(case_config(&c, "{}"), flags(&join, "v=1"), c.arena);
        check_str(list_text(kubelet_flags_of(object, c.arena), c.arena), "v=1");
        case_close(&c);
        case_close(&join);
    }
}

static void check_flags_of(const Schema *schema, Str above, size_t *count, Arena *arena) {
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        Str path = str_format(arena, "%.*s.%s", STR_ARG(above), attribute->name);
        bool changes = str_equal_cstr(path, "join.node_registration.kubelet_extra_args");
        bool is_forced = attribute->flags & FORCES_NEW;
        *count += changes;
        if (is_forced || changes)
            assert_int_equal(is_forced, !changes);
        else if (attribute->nested)
            check_flags_of(&attribute->nested->schema, path, count, arena);
        else
            fail_msg("%.*s changes without an effect", STR_ARG(path));
    }
}

/* All other arguments of a join make a new node. */
static void test_replaced(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    size_t count = 0;
    check_flags_of(&kubeadm_schema_join.schema, STR("join"), &count, arena);
    assert_int_equal(count, 1);
}

UNIT_MAIN(test_kubelet_flags) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes), cmocka_unit_test(test_sorts),
        cmocka_unit_test(test_words),   cmocka_unit_test(test_observed),
        cmocka_unit_test(test_objects), cmocka_unit_test(test_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
