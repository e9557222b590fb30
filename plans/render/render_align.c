/* render_align: the longest common subsequence by dynamic programming, after equal ends are
 * removed. */
#include "render_align.h"

#define CELLS_MAX ((size_t)16 << 20)

typedef struct Common {
    uint32_t *ids;
    size_t count;
} Common;

static size_t common_start(RenderAlignSide a, RenderAlignSide b) {
    size_t n = 0;
    while (n < a.count && n < b.count && a.ids[n] == b.ids[n])
        n++;
    return n;
}

static size_t common_end(RenderAlignSide a, RenderAlignSide b) {
    size_t n = 0;
    while (n < a.count && n < b.count && a.ids[a.count - 1 - n] == b.ids[b.count - 1 - n])
        n++;
    return n;
}

static RenderAlignSide align_cut(RenderAlignSide side, size_t start, size_t end) {
    return (RenderAlignSide){.ids = side.ids + start, .count = side.count - start - end};
}

/* cells[i][j]: length of the longest common subsequence of `a` from i on and `b` from j on. */
static void align_fill(RenderAlignSide a, RenderAlignSide b, uint32_t *cells) {
    size_t width = b.count + 1;
    for (size_t i = a.count; i-- > 0;) {
        for (size_t j = b.count; j-- > 0;) {
            uint32_t down = cells[(i + 1) * width + j];
            uint32_t right = cells[i * width + j + 1];
            uint32_t best = down > right ? down : right;
            cells[i * width + j] = a.ids[i] == b.ids[j] ? cells[(i + 1) * width + j + 1] + 1 : best;
        }
    }
}

/* Adds nothing if the table would have more than CELLS_MAX cells: then only equal ends are
 * common. */
static void add_middle(RenderAlignSide a, RenderAlignSide b, Common *common, Arena *scratch) {
    if (a.count == 0 || b.count == 0 || a.count > CELLS_MAX / (b.count + 1))
        return;
    size_t width = b.count + 1;
    uint32_t *cells = arena_new_array(scratch, uint32_t, (a.count + 1) * width);
    align_fill(a, b, cells);
    for (size_t i = 0, j = 0; i < a.count && j < b.count;) {
        if (a.ids[i] == b.ids[j]) {
            common->ids[common->count++] = a.ids[i];
            i++;
            j++;
        } else if (cells[(i + 1) * width + j] >= cells[i * width + j + 1]) {
            i++;
        } else {
            j++;
        }
    }
}

static void find_common(RenderAlignSide a, RenderAlignSide b, Common *common, Arena *scratch) {
    size_t start = common_start(a, b);
    size_t end = common_end(align_cut(a, start, 0), align_cut(b, start, 0));
    for (size_t i = 0; i < start; i++)
        common->ids[common->count++] = a.ids[i];
    add_middle(align_cut(a, start, end), align_cut(b, start, end), common, scratch);
    for (size_t i = a.count - end; i < a.count; i++)
        common->ids[common->count++] = a.ids[i];
}

static uint32_t greatest_id(RenderAlignSide side) {
    uint32_t greatest = 0;
    for (size_t i = 0; i < side.count; i++)
        greatest = side.ids[i] > greatest ? side.ids[i] : greatest;
    return greatest;
}

static bool changed_in_place(RenderAlignSide before, RenderAlignSide after, Arena *scratch) {
    if (before.count != after.count)
        return false;
    bool *there = arena_new_array(scratch, bool, (size_t)greatest_id(after) + 1);
    for (size_t i = 0; i < after.count; i++)
        there[after.ids[i]] = true;
    uint32_t last = greatest_id(after);
    for (size_t i = 0; i < before.count; i++) {
        if (before.ids[i] > last || !there[before.ids[i]])
            return true;
    }
    return false;
}

static bool is_alike(const RenderAlignRule *rule, size_t before, size_t after) {
    return rule->is_alike && rule->is_alike(rule->self, before, after);
}

/* A member of `before` behind the last one is absent. */
static void align_pair(size_t before, size_t count, size_t after, RenderAlignPairs *out,
                       Arena *arena) {
    vec_push(arena, out, (RenderAlignPair){before < count ? before : RENDER_ALIGN_NONE, after});
}

static void align_walk(RenderAlignSide before, RenderAlignSide after, const Common *common,
                       const RenderAlignRule *rule, RenderAlignPairs *out, Arena *arena) {
    size_t b = 0, a = 0;
    for (size_t c = 0; c <= common->count; c++) {
        uint32_t next = c < common->count ? common->ids[c] : 0;
        for (; b < before.count && before.ids[b] != next; b++) {
            bool meets = a < after.count && after.ids[a] != next && is_alike(rule, b, a);
            vec_push(arena, out, (RenderAlignPair){b, meets ? a++ : RENDER_ALIGN_NONE});
        }
        for (; a < after.count && after.ids[a] != next; a++) {
            bool meets = rule->is_opentofu && b < before.count && is_alike(rule, b, a);
            align_pair(meets ? b++ : before.count, before.count, a, out, arena);
        }
        if (next)
            align_pair(b++, before.count, a++, out, arena);
    }
}

void render_align(RenderAlignSide before, RenderAlignSide after, RenderAlignRule rule,
                  RenderAlignPairs *out, Arena *arena) {
    if (!rule.is_opentofu && changed_in_place(before, after, arena)) {
        for (size_t i = 0; i < before.count; i++)
            vec_push(arena, out, (RenderAlignPair){i, i});
        return;
    }
    size_t shorter = before.count < after.count ? before.count : after.count;
    Common common = {.ids = arena_new_array(arena, uint32_t, shorter)};
    find_common(before, after, &common, arena);
    align_walk(before, after, &common, &rule, out, arena);
}
