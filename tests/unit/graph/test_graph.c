/* Small graphs as text: "ab" means that a depends on b. */
#include "unit.h"

#include "graph.h"

static Graph drawn(size_t nodes, const char *edges, Arena *arena) {
    Graph graph = graph_new(arena);
    for (size_t i = 0; i < nodes; i++) {
        assert_int_equal(graph_add_node(&graph, (void *)(uintptr_t)(i + 1)), i);
    }
    Str rest = str_from_cstr(edges);
    Str edge;
    while (str_next_field(&rest, ' ', &edge)) {
        if (edge.len == 0)
            continue;
        graph_add_edge(&graph, (GraphNode)(edge.ptr[0] - 'a'), (GraphNode)(edge.ptr[1] - 'a'));
    }
    graph_finish(&graph);
    return graph;
}

static Str names_of(const GraphNode *nodes, size_t count, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    for (size_t i = 0; i < count; i++)
        strbuf_add_char(&buf, (char)('a' + nodes[i]));
    return strbuf_str(&buf);
}

static Str edges_of(const Graph *graph, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    for (GraphNode n = 0; n < graph->payloads.count; n++) {
        for (uint32_t i = graph->need_start[n]; i < graph->need_start[n + 1]; i++) {
            if (buf.len)
                strbuf_add_char(&buf, ' ');
            strbuf_add_char(&buf, (char)('a' + n));
            strbuf_add_char(&buf, (char)('a' + graph->need[i]));
        }
    }
    return strbuf_str(&buf);
}

static void rows(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Graph graph = drawn(5, "ca ba cb ca ba dc ca", arena);
    check_str(edges_of(&graph, arena), "ba ca cb dc");
    assert_int_equal(graph.edges.count, 4);
    static const char *const users[] = {"bc", "c", "d", "", ""};
    for (GraphNode n = 0; n < 5; n++) {
        uint32_t start = graph.user_start[n];
        check_str(names_of(graph.user + start, graph.user_start[n + 1] - start, arena), users[n]);
        assert_ptr_equal(graph.payloads.items[n], (void *)(uintptr_t)(n + 1));
    }
}

static void cycles(void **) {
    static const struct {
        size_t nodes;
        const char *edges, *cycle;
    } cases[] = {
        {0, "", NULL},
        {1, "", NULL},
        {3, "ba cb ca", NULL},
        {1, "aa", "a"},
        {2, "ab ba", "ab"},
        {5, "ab bc cd db ea", "bcd"},
        {4, "ab ac bd cd", NULL},
        {6, "ab ac bd cd ef fe", "ef"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Graph graph = drawn(cases[i].nodes, cases[i].edges, arena);
        GraphNodes cycle = {0};
        assert_int_equal(graph_find_cycle(&graph, &cycle, arena), cases[i].cycle != NULL);
        check_str(names_of(cycle.items, cycle.count, arena), cases[i].cycle ? cases[i].cycle : "");
    }
}

static void orders(void **) {
    static const struct {
        size_t nodes;
        const char *edges, *order;
    } cases[] = {
        {0, "", ""},
        {4, "", "abcd"},
        {4, "ad", "bcda"},
        {6, "ab bc fe ad", "cbdaef"},
        {5, "ae be ce de", "eabcd"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Graph graph = drawn(cases[i].nodes, cases[i].edges, arena);
        GraphNodes order;
        graph_topological_order(&graph, &order, arena);
        check_str(names_of(order.items, order.count, arena), cases[i].order);
    }
}

static Str marked(const bool *marks, size_t count, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    for (size_t i = 0; i < count; i++) {
        if (marks[i])
            strbuf_add_char(&buf, (char)('a' + i));
    }
    return strbuf_str(&buf);
}

static void marks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Graph graph = drawn(6, "ab bc dc ed", arena);
    bool needs[6] = {0};
    graph_mark_needs(&graph, 0, needs, arena);
    check_str(marked(needs, 6, arena), "abc");
    graph_mark_needs(&graph, 5, needs, arena);
    check_str(marked(needs, 6, arena), "abcf");
    bool users[6] = {0};
    graph_mark_users(&graph, 2, users, arena);
    check_str(marked(users, 6, arena), "abcde");
}

static void reductions(void **) {
    static const struct {
        size_t nodes;
        const char *edges, *reduced;
    } cases[] = {
        {3, "ab bc ac", "ab bc"},
        {4, "ab ac bd cd ad", "ab ac bd cd"},
        {5, "ab bc cd de ae ad ac be", "ab bc cd de"},
        {2, "ab ab", "ab"},
        {3, "", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Graph graph = drawn(cases[i].nodes, cases[i].edges, arena);
        Graph reduced = graph_reduce(&graph, arena);
        check_str(edges_of(&reduced, arena), cases[i].reduced);
        assert_int_equal(reduced.payloads.count, cases[i].nodes);
    }
}

/* A chain is as deep as it is long, so no function may recurse. */
static void deep_chain(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const GraphNode length = 300000;
    Graph graph = graph_new(arena);
    for (GraphNode i = 0; i < length; i++) {
        graph_add_node(&graph, NULL);
        if (i)
            graph_add_edge(&graph, i - 1, i);
    }
    graph_finish(&graph);
    GraphNodes nodes;
    assert_false(graph_find_cycle(&graph, &nodes, arena));
    graph_topological_order(&graph, &nodes, arena);
    assert_int_equal(nodes.items[0], length - 1);
    bool *reached = arena_new_array(arena, bool, length);
    graph_mark_needs(&graph, 0, reached, arena);
    assert_true(reached[length - 1]);
}

/* "a b cd": one group of letters per component, in the order of their first nodes. */
static void components(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        size_t nodes;
        const char *edges, *wanted;
    } cases[] = {
        {0, "", ""},
        {3, "ab bc", "a b c"},
        {3, "ab ba cb", "ab c"},
        {5, "ab bc ca de cd", "abc d e"},
        {6, "ab bc ca de ed fa fd cf", "abcf de"},
        {2, "aa", "a b"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Graph graph = drawn(cases[i].nodes, cases[i].edges, arena);
        const uint32_t *found = graph_components(&graph, arena);
        StrBuf text = strbuf_new(arena);
        for (size_t a = 0; a < cases[i].nodes; a++) {
            bool is_first = true;
            for (size_t b = 0; b < a; b++)
                is_first = is_first && found[b] != found[a];
            if (is_first && text.len > 0)
                strbuf_add_char(&text, ' ');
            for (size_t b = a; is_first && b < cases[i].nodes; b++) {
                if (found[b] == found[a])
                    strbuf_add_char(&text, (char)('a' + b));
            }
        }
        check_str(strbuf_str(&text), cases[i].wanted);
    }
}

UNIT_MAIN(test_graph) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(components), cmocka_unit_test(rows),  cmocka_unit_test(cycles),
        cmocka_unit_test(orders),     cmocka_unit_test(marks), cmocka_unit_test(reductions),
        cmocka_unit_test(deep_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
