/* The work of a plan and of an apply grows with the number of resources at most as n log n, for
 * each shape of graph, except for the shapes that say why not. */
#include "growth_eval.h"

#include "engine_case.h"

enum { SIZES = 3, SMALLEST = 128, LAYER = 8 };

/* Each adds the names of the resources on which resource i of n depends. */
static void add_none(StrBuf *out, size_t i, size_t n) {
    (void)out, (void)i, (void)n;
}

static void add_previous(StrBuf *out, size_t i, size_t n) {
    (void)n;
    if (i > 0)
        strbuf_add_format(out, "fake_thing.r%zu, ", i - 1);
}

/* Layers of 8: each resource depends on the whole layer before. */
static void add_layer(StrBuf *out, size_t i, size_t n) {
    (void)n;
    size_t layer = i / LAYER;
    for (size_t k = 0; layer > 0 && k < LAYER; k++)
        strbuf_add_format(out, "fake_thing.r%zu, ", (layer - 1) * LAYER + k);
}

/* Layers of n / 8: each resource depends on one of the layer before. */
static void add_above(StrBuf *out, size_t i, size_t n) {
    if (i >= n / LAYER)
        strbuf_add_format(out, "fake_thing.r%zu, ", i - n / LAYER);
}

/* The first before all others, the last after all others. */
static void add_diamond(StrBuf *out, size_t i, size_t n) {
    if (i > 0)
        strbuf_add_cstr(out, "fake_thing.r0, ");
    for (size_t k = 1; i == n - 1 && k < i; k++)
        strbuf_add_format(out, "fake_thing.r%zu, ", k);
}

static const char all[] = "Each object stores the addresses of all objects on which it depends, "
                          "also indirectly, as in Terraform's states: n * n / 2 addresses.";

static const struct {
    const char *name;
    void (*add)(StrBuf *out, size_t i, size_t n);
    const char *reason; /* why it grows as n * n; NULL: it does not */
} shapes[] = {
    {"unconnected", add_none, NULL},   {"wide layers", add_above, NULL},
    {"diamond", add_diamond, NULL},    {"chain", add_previous, all},
    {"narrow layers", add_layer, all},
};

static void plan_and_apply(size_t shape, size_t n, uint64_t *planned, uint64_t *applied) {
    EngineCase *c = engine_case_open();
    StrBuf text = strbuf_new(c->arena);
    c->parallelism = 1;
    strbuf_add_cstr(&text, "resource:\n  fake_thing:\n");
    for (size_t i = 0; i < n; i++) {
        strbuf_add_format(&text, "    r%zu: {name: r%zu, size: 1, depends_on: [", i, i);
        shapes[shape].add(&text, i, n);
        strbuf_add_cstr(&text, "]}\n");
    }
    engine_case_config(c, str_to_cstr(strbuf_str(&text), c->arena));
    uint64_t start = growth_work;
    engine_case_must(c, engine_case_plan(c));
    uint64_t middle = growth_work;
    assert_int_equal(c->plan->changes.count, n);
    engine_case_must(c, engine_case_apply_plan(c));
    *planned = middle - start;
    *applied = growth_work - middle;
    engine_case_close(c);
}

/* Work that grows as n * n becomes four times as much. */
static bool is_square(uint64_t once, uint64_t twice) {
    return twice <= once * 9 / 2;
}

static bool check_growth(size_t shape, const char *what, const uint64_t *seen) {
    bool (*is_fine)(uint64_t, uint64_t) = shapes[shape].reason ? is_square : growth_is_fine;
    if (is_fine(seen[1], seen[2]))
        return true;
    print_error("%s, %s: %ju, %ju, %ju\n", shapes[shape].name, what, (uintmax_t)seen[0],
                (uintmax_t)seen[1], (uintmax_t)seen[2]);
    return false;
}

static void grows_as_n_log_n(void **) {
    bool ok = true;
    for (size_t shape = 0; shape < ARRAY_COUNT(shapes); shape++) {
        uint64_t planned[SIZES], applied[SIZES];
        for (size_t size = 0; size < SIZES; size++)
            plan_and_apply(shape, (size_t)SMALLEST << size, &planned[size], &applied[size]);
        ok &= check_growth(shape, "plan", planned);
        ok &= check_growth(shape, "apply", applied);
    }
    assert_true(ok);
}

/* Plans n resources that all have new names. */
static uint64_t plan_moves(size_t n) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    StrBuf before = strbuf_new(c->arena), after = strbuf_new(c->arena),
           moves = strbuf_new(c->arena);
    strbuf_add_cstr(&before, "resource:\n  fake_thing:\n");
    strbuf_add_cstr(&after, "resource:\n  fake_thing:\n");
    strbuf_add_cstr(&moves, "moved:\n");
    for (size_t i = 0; i < n; i++) {
        strbuf_add_format(&before, "    a%zu: {name: r%zu, size: 1}\n", i, i);
        strbuf_add_format(&after, "    b%zu: {name: r%zu, size: 1}\n", i, i);
        strbuf_add_format(&moves, "  - {from: fake_thing.a%zu, to: fake_thing.b%zu}\n", i, i);
    }
    strbuf_add(&after, strbuf_str(&moves));
    engine_case_config(c, str_to_cstr(strbuf_str(&before), c->arena));
    engine_case_must(c, engine_case_plan(c));
    engine_case_must(c, engine_case_apply_plan(c));
    engine_case_config(c, str_to_cstr(strbuf_str(&after), c->arena));
    uint64_t start = growth_work;
    engine_case_must(c, engine_case_plan(c));
    uint64_t work = growth_work - start;
    for (size_t i = 0; i < c->plan->changes.count; i++)
        assert_int_equal(c->plan->changes.items[i].action, ACTION_NO_OP);
    engine_case_close(c);
    return work;
}

static void compares_few_of_many_moves(void **) {
    uint64_t few = plan_moves((size_t)2 * SMALLEST), many = plan_moves((size_t)4 * SMALLEST);
    if (!growth_is_fine(few, many))
        fail_msg("%ju, %ju", (uintmax_t)few, (uintmax_t)many);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_as_n_log_n),
        cmocka_unit_test(compares_few_of_many_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
