#include "unit.h"

#include "render_align.h"

/* Members are letters; capitals are alike. Pairs as text: "ab" paired, "a-" removed, "-b" added.
 */
typedef struct AlignCase {
    const char *before;
    const char *after;
    const char *pairs;
    bool is_opentofu;
} AlignCase;

static const AlignCase CASES[] = {
    {"", "", ""},
    {"abc", "abc", "aa bb cc"},
    {"", "a", "-a"},
    {"a", "", "a-"},
    {"ab", "ac", "aa bc"},         /* b is removed: c is shown as a change of it */
    {"abc", "cab", "-c aa bb c-"}, /* nothing is removed: c is moved */
    {"aa", "ac", "aa a- -c"},
    {"abcd", "ac", "aa b- cc d-"},
    {"ab", "abxc", "aa bb -x -c"},
    {"abcz", "qarcz", "-q aa b- -r cc zz"},
    {"A", "XYZ", "AX -Y -Z"}, /* paired objects are compared */
    {"aBc", "aXYc", "aa BX -Y cc"},
    {"dbeec", "bcdxd", "db bc ed ex cd"},
    {"dcca", "dcda", "dd cc c- -d aa"},
    {"ab", "ac", "aa b- -c", true}, /* the same by position is no change */
    {"A", "XYZ", "AX -Y -Z", true},
    {"A", "BA", "AB -A", true}, /* inserted before a common member that is alike */
    {"a", "ba", "-b aa", true},
    {"aBc", "aXYc", "aa BX -Y cc", true},
    {"AbC", "XAbC", "AX bA C- -b -C", true},
};

static RenderAlignSide side_of(const char *text, Arena *arena) {
    size_t count = strlen(text);
    uint32_t *ids = arena_new_array(arena, uint32_t, count);
    for (size_t i = 0; i < count; i++)
        ids[i] = (uint32_t)(text[i] - 'A' + 1);
    return (RenderAlignSide){ids, count};
}

static bool are_capitals(const void *self, size_t before, size_t after) {
    const AlignCase *row = self;
    return row->before[before] <= 'Z' && row->after[after] <= 'Z';
}

static Str shown(const AlignCase *row, const RenderAlignPairs *pairs, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    vec_each(pairs, pair) {
        if (out.len)
            strbuf_add_char(&out, ' ');
        strbuf_add_char(&out, pair->before == RENDER_ALIGN_NONE ? '-' : row->before[pair->before]);
        strbuf_add_char(&out, pair->after == RENDER_ALIGN_NONE ? '-' : row->after[pair->after]);
    }
    return strbuf_str(&out);
}

static void cases(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        RenderAlignPairs pairs = {0};
        RenderAlignRule rule = {CASES[i].is_opentofu, are_capitals, &CASES[i]};
        render_align(side_of(CASES[i].before, arena), side_of(CASES[i].after, arena), rule, &pairs,
                     arena);
        check_str(shown(&CASES[i], &pairs, arena), CASES[i].pairs);
    }
}

/* Above the size limit of the table only the ends are paired, and no member is lost. */
static void huge(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    size_t count = 5000;
    uint32_t *before = arena_new_array(arena, uint32_t, count);
    uint32_t *after = arena_new_array(arena, uint32_t, count + 1);
    for (size_t i = 0; i < count; i++)
        before[i] = (uint32_t)i + 1;
    for (size_t i = 0; i <= count; i++)
        after[i] = (uint32_t)(count - i) + 1;
    after[0] = before[0];
    RenderAlignPairs pairs = {0};
    render_align((RenderAlignSide){.ids = before, .count = count},
                 (RenderAlignSide){.ids = after, .count = count + 1}, (RenderAlignRule){0}, &pairs,
                 arena);
    size_t gone = 0, come = 0;
    vec_each(&pairs, pair) {
        gone += pair->before != RENDER_ALIGN_NONE;
        come += pair->after != RENDER_ALIGN_NONE;
    }
    assert_int_equal(gone, count);
    assert_int_equal(come, count + 1);
    assert_int_equal(pairs.items[0].after, 0);
}

UNIT_MAIN(test_render_align) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cases), cmocka_unit_test(huge)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
