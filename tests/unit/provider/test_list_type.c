/* The objects that a list type finds: their checks, the limit, and the end of a list. */
#include "arena_case.h"

#include "object_type.h"

static const Attribute identity_attributes[] = {
    {"key", &TYPE_STRING, REQUIRED, "Its key."},
};
static const Attribute attributes[] = {
    {"size", &TYPE_NUMBER, OPTIONAL, "Its size."},
};
static const Schema identity = {SCHEMA_ATTRIBUTES(identity_attributes)};
static const ResourceType resource = {
    .name = "p_thing", .schema = {SCHEMA_ATTRIBUTES(attributes)}, .identity = &identity};

/* The objects that the slot gives to its sink, and the number that the sink accepted. */
static ListedObject objects[5];
static size_t object_count;
static size_t accepted;
static bool is_failing;

static bool give(const Call *call, const ListRequest *request, const ListSink *sink, Diags *diags) {
    (void)call, (void)request, (void)diags;
    accepted = 0;
    while (accepted < object_count && sink->add(sink->payload, &objects[accepted]))
        accepted++;
    return !is_failing;
}

static const Provider provider = {.name = "p", .address = "test/p"};
static const ListType type = {.mode = MODE_LIST, .name = "p_thing", .list = give};

static bool receive(void *payload, const ListedObject *) {
    ++*(size_t *)payload;
    return true;
}

static Value identity_of(Value key) {
    return value_object_of(schema_implied_type(&identity), &key);
}

static Value object_of(Value size) {
    return value_object_of(schema_implied_type(&resource.schema), &size);
}

/* Returns the error; empty if there is none. */
static Str list(int64_t limit, const CancelToken *cancel, size_t *received) {
    Diags diags = diags_new(arena);
    Call call = {.type = &type.type, .provider = &provider, .arena = arena, .cancel = cancel};
    *received = 0;
    bool is_ok = object_type_list(&call, &resource, &(ListRequest){.limit = limit},
                                  &(ListSink){receive, received}, &diags);
    assert_int_equal(is_ok, diags.error_count == 0);
    return is_ok ? STR_EMPTY : diags.items[0].detail;
}

static void reset(void) {
    for (size_t i = 0; i < ARRAY_COUNT(objects); i++)
        objects[i] =
            (ListedObject){.identity = identity_of(value_from_cstr("a")), .display_name = STR("A")};
    object_count = ARRAY_COUNT(objects);
    is_failing = false;
}

static void limits(void **) {
    size_t received;
    static const struct {
        int64_t limit;
        size_t received;
    } cases[] = {
        {0, 0}, {1, 1}, {4, 4}, {5, 5}, {9, 5},
    };
    reset();
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str(list(cases[i].limit, NULL, &received), "");
        assert_int_equal(received, cases[i].received);
    }
    CancelToken *cancel = cancel_open();
    cancel_raise(cancel, CANCEL_STOP);
    check_str(list(5, cancel, &received), "");
    assert_int_equal(received, 0);
    cancel_close(cancel);
}

static void invalid_objects(void **) {
#define PREFIX  "The provider test/p listed an object of the type p_thing "
#define MISTAKE ". This is a mistake in the provider; please report it to its developers."
    size_t received;
    const struct {
        Value identity;
        Value object;
        const char *error;
    } cases[] = {
        {{0}, {0}, PREFIX "without an identity" MISTAKE},
        {value_null(objects[0].identity.type), {0}, PREFIX "without an identity" MISTAKE},
        {value_from_cstr("a"), {0}, PREFIX "with an invalid identity" MISTAKE},
        {identity_of(value_unknown(&TYPE_STRING)), {0}, PREFIX "with an invalid identity" MISTAKE},
        {identity_of(value_from_cstr("a")), object_of(value_unknown(&TYPE_NUMBER)),
         PREFIX "that is invalid" MISTAKE},
        {identity_of(value_from_cstr("a")), value_from_cstr("a"), PREFIX "that is invalid" MISTAKE},
        {identity_of(value_from_cstr("a")), object_of(value_int(1)), ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        reset();
        objects[2].identity = cases[i].identity;
        objects[2].object = cases[i].object;
        check_str(list(5, NULL, &received), cases[i].error);
        assert_int_equal(received, cases[i].error[0] ? 2 : 5);
        assert_int_equal(accepted,
                         cases[i].error[0] ? 2 : 4); /* the limit is reached at the fifth */
    }
}

static void fails_without_reason(void **) {
    size_t received;
    reset();
    is_failing = true;
    Str error = list(9, NULL, &received);
    assert_true(str_starts_with(error, STR("List of \"p_thing\" failed")));
}

UNIT_MAIN(test_list_type) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits),
        cmocka_unit_test(invalid_objects),
        cmocka_unit_test(fails_without_reason),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
