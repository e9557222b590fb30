#include "unit.h"

#include "graph_dot.h"

static const GraphDotNode nodes[] = {
    {STR_CONST("a"), STR_CONST(""), STR_CONST(""), NULL},
    {STR_CONST("m.b"), STR_CONST("b"), STR_CONST("m"), "color = red"},
    {STR_CONST("c[\"x\\\"]"), STR_CONST(""), STR_CONST(""), NULL},
};

static Graph drawn(Arena *arena) {
    Graph graph = graph_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(nodes); i++)
        graph_add_node(&graph, (void *)&nodes[i]);
    return graph;
}

static void document(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Graph graph = drawn(arena);
    graph_add_edge(&graph, 0, 1);
    graph_add_edge(&graph, 1, 2);
    graph_finish(&graph);
    StrBuf out = strbuf_new(arena);
    graph_dot_write(&graph, &out, arena);
    check_str(strbuf_str(&out), "digraph G {\n"
                                "  rankdir = \"RL\";\n"
                                "  node [shape = rect, fontname = \"sans-serif\"];\n"
                                "  \"a\" [label=\"a\"];\n"
                                "  \"c[\\\"x\\\\\\\"]\" [label=\"c[\\\"x\\\\\\\"]\"];\n"
                                "  subgraph \"cluster_m\" {\n"
                                "    label = \"m\";\n"
                                "    fontname = \"sans-serif\";\n"
                                "    \"m.b\" [label=\"b\", color = red];\n"
                                "  }\n"
                                "  \"a\" -> \"m.b\";\n"
                                "  \"m.b\" -> \"c[\\\"x\\\\\\\"]\";\n"
                                "}\n");
}

static void cycles_are_red(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Graph graph = drawn(arena);
    graph_add_edge(&graph, 0, 1);
    graph_add_edge(&graph, 1, 0);
    graph_add_edge(&graph, 2, 0);
    graph_finish(&graph);
    StrBuf out = strbuf_new(arena);
    graph_dot_write(&graph, &out, arena);
    Str text = strbuf_str(&out);
    assert_true(str_find(text, STR("\"a\" -> \"m.b\" [color = red"), 0) != SIZE_MAX);
    assert_true(str_find(text, STR("\"m.b\" -> \"a\" [color = red"), 0) != SIZE_MAX);
    assert_true(str_find(text, STR("]\" -> \"a\";\n"), 0) != SIZE_MAX);
}

/* Types have fills by their names, a frame is thick, lines follow the label; no background. */
static void picture(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str lines[] = {STR("[\"a\"] create"), STR("and 3 more")};
    const GraphDotNode pictured[] = {
        {.name = STR("y.b"), .type = STR("y"), .lines = {lines, 2, 0}, .frame = "#2da44e"},
        {.name = STR("m.x.a"), .label = STR("x.a"), .cluster = STR("m"), .type = STR("x")},
        {.name = STR("p"), .attributes = "shape = diamond"},
        {.name = STR("v"), .attributes = "style = dashed"},
    };
    Graph graph = graph_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(pictured); i++)
        graph_add_node(&graph, (void *)&pictured[i]);
    graph_finish(&graph);
    StrBuf out = strbuf_new(arena);
    graph_dot_write_picture(&graph, &out, arena);
    check_str(strbuf_str(&out),
              "digraph G {\n"
              "  rankdir = \"RL\";\n"
              "  node [shape = rect, fontname = \"sans-serif\"];\n"
              "  bgcolor = \"transparent\";\n"
              "  node [fontcolor = \"#1a1a1a\"];\n"
              "  edge [color = \"#808080\"];\n"
              "  \"y.b\" [label=\"y.b\\n[\\\"a\\\"] create\\nand 3 more\", style = \"filled\", "
              "fillcolor = \"#fff2cc\", color = \"#2da44e\", penwidth = 3];\n"
              "  \"p\" [label=\"p\", shape = diamond, style = \"filled\", fillcolor = \"#f2f2f2\", "
              "shape = hexagon, color = \"#808080\"];\n"
              "  \"v\" [label=\"v\", style = dashed, style = \"filled,dashed\", "
              "fillcolor = \"#f2f2f2\", color = \"#808080\"];\n"
              "  subgraph \"cluster_m\" {\n"
              "    label = \"m\";\n"
              "    fontname = \"sans-serif\";\n"
              "    color = \"#808080\";\n"
              "    fontcolor = \"#808080\";\n"
              "    \"m.x.a\" [label=\"x.a\", style = \"filled\", fillcolor = \"#cfe2f3\", color = "
              "\"#808080\"];\n"
              "  }\n"
              "}\n");
}

UNIT_MAIN(test_graph_dot) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document),
        cmocka_unit_test(cycles_are_red),
        cmocka_unit_test(picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
