/* kube_rounds: each way from a version to another one, with every number of nodes, every age of
 * kubelets, and an interruption after each step. */
#include "kube_rounds.h"
#include "unit.h"

#define MINOR_FIRST 31
#define MINOR_LAST  37
#define LAG_MAX     3

static KubeVersion minor(uint32_t number) {
    return (KubeVersion){1, number, 4, STR_CONST("")};
}

static Str text_of(uint32_t number, Arena *arena) {
    return kube_version_text(minor(number), arena);
}

typedef struct Way {
    uint32_t from, to;
    size_t control_planes, workers;
    uint32_t kubelet; /* of all nodes */
} Way;

static RoundNodes nodes_of(const Way *way, Arena *arena) {
    RoundNodes nodes = {0};
    for (size_t i = 0; i < way->control_planes + way->workers; i++) {
        bool is_member = i < way->control_planes;
        RoundNode node = {
            .name = str_format(arena, "%s%zu", is_member ? "cp" : "w",
                               is_member ? i + 1 : i + 1 - way->control_planes),
            .is_control_plane = is_member,
            .server = minor(way->from),
            .kubelet = minor(way->kubelet),
        };
        vec_push(arena, &nodes, node);
    }
    return nodes;
}

static StrVec entries_of(const Way *way, Arena *arena) {
    StrVec entries = {0};
    /* A map has no order. */
    for (uint32_t between = way->to; between-- > way->from + 1;)
        vec_push(arena, &entries, text_of(between, arena));
    return entries;
}

/* The policy of Kubernetes. While kubelets of control planes change with their API servers, one may
 * be newer than the API server of another control plane. */
static void check_skew(const RoundNodes *nodes, bool has_kubelets) {
    uint32_t oldest = UINT32_MAX, newest = 0;
    vec_each(nodes, node) {
        if (!node->is_control_plane)
            continue;
        oldest = node->server.minor < oldest ? node->server.minor : oldest;
        newest = node->server.minor > newest ? node->server.minor : newest;
    }
    assert_true(newest - oldest <= 1);
    vec_each(nodes, node) {
        if (has_kubelets &&
            (node->kubelet.minor > oldest || newest - node->kubelet.minor > LAG_MAX))
            fail_msg("%.*s: kubelet 1.%u, API servers 1.%u to 1.%u", STR_ARG(node->name),
                     node->kubelet.minor, oldest, newest);
    }
}

static void run_round(const KubeRound *round, RoundNodes *nodes, size_t limit, size_t *done) {
    for (size_t i = 0; i < round->nodes.count && *done < limit; i++, ++*done) {
        RoundNode *node = &nodes->items[round->nodes.items[i]];
        if (node->is_control_plane)
            node->server = round->version;
        if (round->moves_kubelets)
            node->kubelet = round->version;
        check_skew(nodes, !round->moves_kubelets || i + 1 == round->nodes.count);
    }
}

/* Runs at most `limit` steps; returns whether that was all. */
static bool run_way(const Way *way, RoundNodes *nodes, size_t limit, Arena *arena) {
    StrVec entries = entries_of(way, arena);
    KubeRounds rounds = {0};
    size_t done = 0, count = 0;
    Str problem = kube_rounds_list(nodes, &entries, minor(way->to), &rounds, arena);
    if (problem.len)
        fail_msg("1.%u to 1.%u: %.*s", way->from, way->to, STR_ARG(problem));
    vec_each(&rounds, round) {
        run_round(round, nodes, limit, &done);
        count += round->nodes.count;
    }
    return done == count;
}

static void check_end(const RoundNodes *nodes, uint32_t to) {
    vec_each(nodes, node) {
        assert_true(!node->is_control_plane || node->server.minor == to);
        assert_int_equal(node->kubelet.minor, to);
    }
}

static void check_way(const Way *way) {
    for (size_t limit = 0;; limit++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        RoundNodes nodes = nodes_of(way, arena);
        bool is_whole = run_way(way, &nodes, limit, arena);
        /* The rest after the interruption leads to the same end. */
        if (!is_whole)
            assert_true(run_way(way, &nodes, SIZE_MAX, arena));
        check_end(&nodes, way->to);
        if (is_whole)
            return;
    }
}

static void test_ways(void **) {
    size_t count = 0;
    for (uint32_t from = MINOR_FIRST; from <= MINOR_LAST; from++) {
        for (uint32_t to = from; to <= MINOR_LAST; to++) {
            for (uint32_t lag = 0; lag <= LAG_MAX && lag + MINOR_FIRST <= from; lag++) {
                for (size_t nodes = 0; nodes < 9; nodes++) {
                    Way way = {from, to, nodes / 3 + 1, nodes % 3, from - lag};
                    check_way(&way);
                    count++;
                }
            }
        }
    }
    assert_int_equal(count, 666);
}

/* Kubelets change once if the last API server accepts them; else in as few rounds as needed. */
static void test_kubelets(void **) {
    static const struct {
        uint32_t from, to;
        const char *note;
    } rows[] = {
        {36, 37, "rounds: 1.37.4 (cp1 cp2, then 2 workers, at most 5 at once)"},
        {34, 37,
         "rounds: 1.35.4 (cp1 cp2), 1.36.4 (cp1 cp2), 1.37.4 (cp1 cp2, then 2 workers, at most 5 "
         "at once)"},
        {33, 37,
         "rounds: 1.34.4 (cp1 cp2, then 2 workers, at most 1 at once), 1.35.4 (cp1 cp2), 1.36.4 "
         "(cp1 cp2), 1.37.4 (cp1 cp2, then 2 workers, at most 5 at once)"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Way way = {rows[i].from, rows[i].to, 2, 2, rows[i].from};
        RoundNodes nodes = nodes_of(&way, arena);
        StrVec entries = entries_of(&way, arena);
        KubeRounds rounds = {0};
        Str problem = kube_rounds_list(&nodes, &entries, minor(way.to), &rounds, arena);
        check_str(problem, "");
        check_str(kube_rounds_note(&rounds, &nodes, 5, arena), rows[i].note);
    }
}

/* A node whose step has failed changes again, although its API server has the version. */
static void test_unfinished(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Way way = {35, 37, 3, 0, 34};
    RoundNodes nodes = nodes_of(&way, arena);
    StrVec entries = entries_of(&way, arena);
    KubeRounds rounds = {0};
    vec_push(arena, &entries, text_of(35, arena));
    vec_push(arena, &nodes.items[1].unfinished, text_of(35, arena));
    vec_push(arena, &nodes.items[2].unfinished, text_of(33, arena)); /* of a former entry */
    check_str(kube_rounds_list(&nodes, &entries, minor(37), &rounds, arena), "");
    check_str(kube_rounds_note(&rounds, &nodes, 1, arena),
              "rounds: 1.35.4 (cp2), 1.36.4 (cp1 cp2 cp3), 1.37.4 (cp1 cp2 cp3)");
}

/* Each way without one of its entries names the version that is missing. */
static void test_missing(void **) {
    for (uint32_t from = MINOR_FIRST; from <= MINOR_LAST; from++) {
        for (uint32_t to = from + 2; to <= MINOR_LAST; to++) {
            SCOPED(ArenaRef) arena = arena_open("test");
            Way way = {from, to, 2, 1, from};
            RoundNodes nodes = nodes_of(&way, arena);
            StrVec all = entries_of(&way, arena);
            for (size_t without = 0; without < all.count; without++) {
                StrVec entries = {0};
                KubeRounds rounds = {0};
                for (size_t i = 0; i < all.count; i++) {
                    if (i != without)
                        vec_push(arena, &entries, all.items[i]);
                }
                Str problem = kube_rounds_list(&nodes, &entries, minor(to), &rounds, arena);
                Str wanted =
                    str_format(arena, "lacks a version of 1.%u:", to - 1 - (uint32_t)without);
                if (str_find(problem, wanted, 0) == SIZE_MAX)
                    fail_msg("1.%u to 1.%u: %.*s", from, to, STR_ARG(problem));
            }
        }
    }
}

static void test_entries(void **) {
    static const struct {
        const char *entries; /* separated by spaces */
        const char *at;      /* the wrong one; NULL: none */
        const char *problem;
    } rows[] = {
        {"", NULL, ""},
        {"1.35.4 1.36.3", NULL, ""},
        {"1.36.3 1.35.4-rc.1 v1.34.4", NULL, ""},
        {"1.35", "1.35", "is not a version"},
        {"1.36.3 next", "next", "is not a version"},
        {"1.37.1", "1.37.1", "is superfluous"},
        {"1.37.2", "1.37.2", "is superfluous"},
        {"1.38.0", "1.38.0", "is newer than 1.37.2"},
        {"2.0.0", "2.0.0", "is newer than 1.37.2"},
        {"1.35.4 1.36.1 1.35.5", "1.35.5", "\"1.35.4\" and \"1.35.5\" have the same minor version"},
        {"1.30.1", "1.30.1", "is not supported"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        StrVec entries = {0};
        Str rest = str_from_cstr(rows[i].entries), entry, at = STR_EMPTY;
        while (rest.len && str_next_field(&rest, ' ', &entry))
            vec_push(arena, &entries, entry);
        Str problem =
            kube_rounds_check(&entries, (KubeVersion){1, 37, 2, STR_CONST("")}, &at, arena);
        if ((problem.len > 0) != (rows[i].at != NULL) ||
            str_find(problem, str_from_cstr(rows[i].problem), 0) == SIZE_MAX)
            fail_msg("%s: %.*s", rows[i].entries, STR_ARG(problem));
        if (rows[i].at)
            check_str(at, rows[i].at);
    }
}

UNIT_MAIN(test_kube_rounds) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ways),       cmocka_unit_test(test_kubelets),
        cmocka_unit_test(test_unfinished), cmocka_unit_test(test_missing),
        cmocka_unit_test(test_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
