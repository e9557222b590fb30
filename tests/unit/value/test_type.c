#include "arena_case.h"

#include "type.h"

#include <pthread.h>

static const Type *sample_object(bool with_optional) {
    static const Str names[] = {STR_CONST("b"), STR_CONST("a")};
    static const Type *const types[] = {&TYPE_NUMBER, &TYPE_STRING};
    static const bool optional[] = {true, false};
    return type_object(names, types, with_optional ? optional : NULL, 2, arena);
}

static void collections_of_interned_are_interned(void **) {
    assert_ptr_equal(type_list(&TYPE_STRING, arena), &TYPE_LIST_OF_STRING);
    assert_ptr_equal(type_set(&TYPE_STRING, arena), &TYPE_SET_OF_STRING);
    assert_ptr_equal(type_map(&TYPE_STRING, arena), &TYPE_MAP_OF_STRING);
    assert_ptr_equal(type_list(&TYPE_DYNAMIC, arena), &TYPE_LIST_OF_ANY);
    assert_ptr_equal(type_set(&TYPE_DYNAMIC, arena), &TYPE_SET_OF_ANY);
    assert_ptr_equal(type_map(&TYPE_DYNAMIC, arena), &TYPE_MAP_OF_ANY);
    const Type *deep = type_map(type_set(type_list(&TYPE_NUMBER, arena), arena), arena);
    assert_true(deep->interned);
    assert_ptr_equal(deep, type_map(type_set(type_list(&TYPE_NUMBER, arena), arena), arena));
    assert_ptr_not_equal(type_list(&TYPE_NUMBER, arena), type_set(&TYPE_NUMBER, arena));
    const Type *structural = sample_object(false);
    assert_false(type_list(structural, arena)->interned);
}

static void interning_keeps_one_and_copies(void **) {
    char name[] = "key";
    Str names[] = {{name, 3}};
    const Type *types[] = {sample_object(true)};
    const Type *first = type_intern(type_object(names, types, NULL, 1, arena));
    assert_ptr_equal(first, type_intern(type_object(names, types, NULL, 1, arena)));
    assert_ptr_equal(first, type_intern(first));
    assert_true(first->types[0]->interned);
    memset(name, 'x', 3);
    arena_reset(arena);
    check_str(first->names[0], "key");
    check_str(type_to_constraint(first, arena),
              "object({key=object({a=string, b=optional(number)})})");
    assert_ptr_equal(type_intern(&TYPE_LIST_OF_STRING), &TYPE_LIST_OF_STRING);
    assert_ptr_equal(type_intern(type_tuple(NULL, 0, arena)), &TYPE_EMPTY_TUPLE);
    assert_ptr_equal(type_intern(type_object(NULL, NULL, NULL, 0, arena)), &TYPE_EMPTY_OBJECT);
}

static void the_interner_grows(void **) {
    const Type *kept[3000];
    for (size_t i = 0; i < ARRAY_COUNT(kept); i++) {
        kept[i] = type_intern(type_tuple_of(&TYPE_BOOL, i + 1, arena));
    }
    for (size_t i = 0; i < ARRAY_COUNT(kept); i++) {
        assert_ptr_equal(kept[i], type_intern(type_tuple_of(&TYPE_BOOL, i + 1, arena)));
    }
}

static void *intern_many(void *found) {
    Arena *own = arena_open("thread");
    const Type **types = found;
    for (size_t i = 0; i < 500; i++) {
        const Type *tuple = type_intern(type_tuple_of(&TYPE_NUMBER, i + 1, own));
        types[i] = type_list(tuple, own);
    }
    arena_close(own);
    return NULL;
}

static void threads_get_the_same_type(void **) {
    static const Type *found[4][500];
    pthread_t threads[4];
    for (size_t t = 0; t < 4; t++)
        pthread_create(&threads[t], NULL, intern_many, found[t]);
    for (size_t t = 0; t < 4; t++)
        pthread_join(threads[t], NULL);
    for (size_t t = 1; t < 4; t++)
        assert_memory_equal(found[0], found[t], sizeof(found[0]));
}

static void objects_are_sorted(void **) {
    const Type *object = sample_object(true);
    size_t index = 9;
    check_str(object->names[0], "a");
    check_str(object->names[1], "b");
    assert_ptr_equal(object->types[1], &TYPE_NUMBER);
    assert_true(object->optional[1]);
    assert_false(object->optional[0]);
    assert_true(type_find_attribute(object, STR("b"), &index));
    assert_int_equal(index, 1);
    assert_false(type_find_attribute(object, STR("c"), &index));
    assert_false(type_find_attribute(object, STR(""), &index));
    assert_int_equal(type_get_attribute(object, STR("a")), 0);
    assert_int_equal(type_get_attribute(object, STR("b")), 1);
}

static void kinds_are_distinguished(void **) {
    const Type *map = type_map(&TYPE_BOOL, arena);
    const struct {
        const Type *type;
        bool is_collection, is_sequence, is_mapping;
    } cases[] = {
        {&TYPE_DYNAMIC, false, false, false},
        {&TYPE_STRING, false, false, false},
        {&TYPE_LIST_OF_STRING, true, true, false},
        {&TYPE_SET_OF_STRING, true, true, false},
        {map, true, false, true},
        {&TYPE_EMPTY_TUPLE, false, true, false},
        {&TYPE_EMPTY_OBJECT, false, false, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(type_is_collection(cases[i].type), cases[i].is_collection);
        assert_int_equal(type_is_sequence(cases[i].type), cases[i].is_sequence);
        assert_int_equal(type_is_mapping(cases[i].type), cases[i].is_mapping);
    }
}

static void equality_is_structural(void **) {
    assert_true(type_equal(sample_object(false), sample_object(false)));
    assert_true(type_equal(sample_object(false), type_intern(sample_object(false))));
    assert_false(type_equal(sample_object(false), sample_object(true)));
    assert_false(type_equal(&TYPE_LIST_OF_STRING, &TYPE_SET_OF_STRING));
    const Type *mixed[] = {&TYPE_STRING, &TYPE_BOOL};
    assert_true(type_equal(type_tuple(mixed, 2, arena), type_tuple(mixed, 2, arena)));
    assert_false(type_equal(type_tuple(mixed, 2, arena), type_tuple_of(&TYPE_STRING, 2, arena)));
    assert_int_equal(type_tuple(mixed, 2, arena)->hash, type_tuple(mixed, 2, arena)->hash);
}

static void tuples_of_one_type_store_it_once(void **) {
    const Type *same[] = {sample_object(false), sample_object(false), sample_object(false)};
    const Type *tuple = type_tuple(same, 3, arena);
    assert_null(tuple->types);
    assert_int_equal(tuple->count, 3);
    assert_ptr_equal(type_at(tuple, 2), same[0]);
    assert_true(type_equal(tuple, type_tuple_of(same[1], 3, arena)));
}

static void flags_follow_from_the_parts(void **) {
    const Type *mixed[] = {&TYPE_STRING, type_list(&TYPE_DYNAMIC, arena)};
    assert_true(type_tuple(mixed, 2, arena)->has_dynamic);
    assert_false(type_tuple(mixed, 1, arena)->has_dynamic);
    assert_true(TYPE_DYNAMIC.has_dynamic);
    assert_true(type_map(sample_object(true), arena)->has_optional);
    assert_false(type_map(sample_object(false), arena)->has_optional);
}

static void optional_markers_come_off(void **) {
    const Type *constraint = type_list(type_tuple_of(sample_object(true), 2, arena), arena);
    const Type *plain = type_without_optional(constraint, arena);
    assert_false(plain->has_optional);
    assert_true(type_equal(plain, type_list(type_tuple_of(sample_object(false), 2, arena), arena)));
    assert_ptr_equal(type_without_optional(plain, arena), plain);
    assert_true(type_without_optional(type_intern(constraint), arena)->interned);
}

static void clones_are_independent(void **) {
    Arena *other = arena_open("other");
    const Type *original = type_map(sample_object(true), other);
    const Type *clone = type_clone(original, arena);
    assert_ptr_not_equal(clone, original);
    assert_true(type_equal(clone, original));
    arena_close(other);
    check_str(type_to_constraint(clone, arena), "map(object({a=string, b=optional(number)}))");
    assert_ptr_equal(type_clone(&TYPE_STRING, arena), &TYPE_STRING);
}

static void texts(void **) {
    static const Str odd_names[] = {STR_CONST("-")};
    static const Type *const odd_types[] = {&TYPE_BOOL};
    const Type *odd = type_object(odd_names, odd_types, NULL, 1, arena);
    static const Str names[] = {STR_CONST("0a"), STR_CONST("A0"), STR_CONST("Z9-")};
    static const Type *const types[] = {&TYPE_BOOL, &TYPE_BOOL, &TYPE_BOOL};
    const Type *named = type_object(names, types, NULL, 3, arena);
    const Type *pair[] = {&TYPE_BOOL, odd};
    const Type *nested = type_set(type_map(odd, arena), arena);
    const Type *tuple = type_tuple(pair, 2, arena);
    const struct {
        const Type *type;
        const char *friendly;
        const char *constraint;
    } cases[] = {
        {&TYPE_DYNAMIC, "dynamic", "any"},
        {&TYPE_LIST_OF_STRING, "list of string", "list(string)"},
        {nested, "set of map of object", "set(map(object({\"-\"=bool})))"},
        {named, "object", "object({\"0a\"=bool, A0=bool, Z9-=bool})"},
        {tuple, "tuple", "tuple([bool, object({\"-\"=bool})])"},
        {&TYPE_EMPTY_TUPLE, "tuple", "tuple([])"},
        {&TYPE_EMPTY_OBJECT, "object", "object({})"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str(type_friendly_name(cases[i].type, arena), cases[i].friendly);
        check_str(type_to_constraint(cases[i].type, arena), cases[i].constraint);
    }
}

/* The constants are the types that the constructors return, with the same facts. */
static void constants(void **) {
    const struct {
        const Type *constant, *element;
        TypeKind kind;
        bool has_dynamic;
    } cases[] = {
        {&TYPE_LIST_OF_STRING, &TYPE_STRING, KIND_LIST, false},
        {&TYPE_LIST_OF_NUMBER, &TYPE_NUMBER, KIND_LIST, false},
        {&TYPE_SET_OF_STRING, &TYPE_STRING, KIND_SET, false},
        {&TYPE_MAP_OF_STRING, &TYPE_STRING, KIND_MAP, false},
        {&TYPE_MAP_OF_BOOL, &TYPE_BOOL, KIND_MAP, false},
        {&TYPE_MAP_OF_STRING_LISTS, &TYPE_LIST_OF_STRING, KIND_MAP, false},
        {&TYPE_LIST_OF_ANY, &TYPE_DYNAMIC, KIND_LIST, true},
        {&TYPE_SET_OF_ANY, &TYPE_DYNAMIC, KIND_SET, true},
        {&TYPE_MAP_OF_ANY, &TYPE_DYNAMIC, KIND_MAP, true},
    };
    Arena *own = arena_open("constants");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Type *made = cases[i].kind == KIND_LIST  ? type_list(cases[i].element, own)
                           : cases[i].kind == KIND_SET ? type_set(cases[i].element, own)
                                                       : type_map(cases[i].element, own);
        assert_ptr_equal(made, cases[i].constant);
        assert_int_equal(made->has_dynamic, cases[i].has_dynamic);
        assert_false(made->has_optional);
        const Type *pair = type_tuple(&made, 1, own);
        assert_int_equal(pair->has_dynamic, cases[i].has_dynamic);
    }
    assert_ptr_equal(type_tuple(NULL, 0, own), &TYPE_EMPTY_TUPLE);
    assert_ptr_equal(type_object(NULL, NULL, NULL, 0, own), &TYPE_EMPTY_OBJECT);
    arena_close(own);
}

/* The first typed element determines a collection; that of the collection stays without any. */
static void elements_of_collections(void **) {
    static const struct {
        const Type *types[3];
        size_t count;
        const Type *element;
    } rows[] = {
        {{NULL}, 0, &TYPE_STRING},
        {{&TYPE_BOOL}, 1, &TYPE_BOOL},
        {{&TYPE_BOOL, &TYPE_NUMBER}, 2, &TYPE_BOOL},
        {{&TYPE_DYNAMIC, &TYPE_NUMBER}, 2, &TYPE_NUMBER},
        {{&TYPE_DYNAMIC, &TYPE_DYNAMIC, &TYPE_BOOL}, 3, &TYPE_BOOL},
        {{&TYPE_DYNAMIC, &TYPE_DYNAMIC}, 2, &TYPE_DYNAMIC},
    };
    const Type *collections[] = {&TYPE_LIST_OF_STRING, &TYPE_SET_OF_STRING, &TYPE_MAP_OF_STRING};
    for (size_t i = 0; i < ARRAY_COUNT(rows) * 3; i++) {
        const Type *found =
            type_with_elements(collections[i % 3], rows[i / 3].types, rows[i / 3].count, arena);
        assert_int_equal(found->kind, collections[i % 3]->kind);
        assert_ptr_equal(found->element, rows[i / 3].element);
    }
}

UNIT_MAIN(test_type) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants),
        cmocka_unit_test(collections_of_interned_are_interned),
        cmocka_unit_test(interning_keeps_one_and_copies),
        cmocka_unit_test(the_interner_grows),
        cmocka_unit_test(threads_get_the_same_type),
        cmocka_unit_test(objects_are_sorted),
        cmocka_unit_test(kinds_are_distinguished),
        cmocka_unit_test(equality_is_structural),
        cmocka_unit_test(tuples_of_one_type_store_it_once),
        cmocka_unit_test(flags_follow_from_the_parts),
        cmocka_unit_test(elements_of_collections),
        cmocka_unit_test(optional_markers_come_off),
        cmocka_unit_test(clones_are_independent),
        cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
