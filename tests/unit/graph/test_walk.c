/* Order, failures, tasks, limits and stop, with one worker and with many. */
#include "unit.h"

#include "walk.h"

#include <pthread.h>
#include <stdatomic.h>

#define MOST_NODES 4000

/* A record of the walk under a lock: visits 'a', tasks 'A', skipped nodes '-a'. */
typedef struct Diary {
    pthread_mutex_t mutex;
    Graph graph;
    StrBuf text;
    const char *failing; /* names of nodes whose visit fails */
    size_t ended_at[MOST_NODES];
    size_t begun_at[MOST_NODES];
    size_t moment;
    uint32_t workers;
    atomic_int running;
    atomic_int most_running;
    CancelToken *cancel;
    char stops; /* name of the node whose visit raises the token */
} Diary;

static void diary_init(Diary *diary, Arena *arena) {
    *diary = (Diary){.graph = graph_new(arena), .failing = ""};
    pthread_mutex_init(&diary->mutex, NULL);
    diary->text = strbuf_new(arena_open("diary"));
}

static void diary_release(Diary *diary) {
    arena_close(diary->text.arena);
    pthread_mutex_destroy(&diary->mutex);
}

static void write_down(Diary *diary, const char *prefix, char name) {
    pthread_mutex_lock(&diary->mutex);
    strbuf_add_cstr(&diary->text, prefix);
    strbuf_add_char(&diary->text, name);
    pthread_mutex_unlock(&diary->mutex);
}

static size_t next_moment(Diary *diary) {
    pthread_mutex_lock(&diary->mutex);
    size_t moment = ++diary->moment;
    pthread_mutex_unlock(&diary->mutex);
    return moment;
}

static void draw(Diary *diary, size_t nodes, const char *edges) {
    for (size_t i = 0; i < nodes; i++)
        graph_add_node(&diary->graph, NULL);
    Str rest = str_from_cstr(edges);
    Str edge;
    while (str_next_field(&rest, ' ', &edge)) {
        if (edge.len == 0)
            continue;
        GraphNode from = (GraphNode)(edge.ptr[0] - 'a');
        graph_add_edge(&diary->graph, from, (GraphNode)(edge.ptr[1] - 'a'));
    }
    graph_finish(&diary->graph);
}

static bool visit_simply(Walk *walk, GraphNode node, void *, uint32_t worker, void *context) {
    Diary *diary = context;
    char name = (char)('a' + node);
    assert_true(worker < diary->workers);
    write_down(diary, "", name);
    if (name == diary->stops)
        cancel_raise(diary->cancel, CANCEL_STOP);
    assert_int_equal(walk_is_stopping(walk), cancel_level(diary->cancel) != CANCEL_NONE);
    return !strchr(diary->failing, name);
}

static void note_skipped(GraphNode node, void *, void *context) {
    write_down(context, "-", (char)('a' + node));
}

static void one_worker(void **) {
    static const struct {
        size_t nodes;
        const char *edges, *failing, *wanted;
    } cases[] = {
        {0, "", "", ""},
        {4, "", "", "abcd"},
        {4, "ad", "", "bcda"},
        {5, "ba ca db dc", "", "aebcd"},
        {5, "ba ca db dc", "c", "aebc-d"},
        {5, "ba cb dc ed", "a", "a-b-c-d-e"},
        {4, "ca cb", "a", "ab-cd"},
        {6, "cb ca dc ea fe", "b", "ab-c-def"},
        {3, "", "ac", "abc"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diary diary;
        diary_init(&diary, arena);
        draw(&diary, cases[i].nodes, cases[i].edges);
        diary.failing = cases[i].failing;
        diary.workers = 1;
        WalkRequest request = {.graph = &diary.graph,
                               .workers = 1,
                               .visit = visit_simply,
                               .skipped = note_skipped,
                               .context = &diary};
        assert_int_equal(walk_run(&request), cases[i].failing[0] == '\0');
        check_str(strbuf_str(&diary.text), cases[i].wanted);
        diary_release(&diary);
    }
}

/* The system has no more threads: the walk is done by the thread that asks for it. */
static void without_threads(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diary diary;
    pthread_attr_t usual, huge;
    assert_int_equal(pthread_getattr_default_np(&usual), 0);
    assert_int_equal(pthread_attr_init(&huge), 0);
    assert_int_equal(pthread_attr_setstacksize(&huge, (size_t)1 << 60), 0);
    assert_int_equal(pthread_setattr_default_np(&huge), 0);
    diary_init(&diary, arena);
    draw(&diary, 5, "ba ca db dc");
    diary.workers = 4;
    WalkRequest request = {.graph = &diary.graph,
                           .workers = 4,
                           .visit = visit_simply,
                           .skipped = note_skipped,
                           .context = &diary};
    assert_true(walk_run(&request));
    assert_int_equal(pthread_setattr_default_np(&usual), 0);
    check_str(strbuf_str(&diary.text), "aebcd");
    diary_release(&diary);
    pthread_attr_destroy(&usual);
    pthread_attr_destroy(&huge);
}

/* Node c and its dependents are visited even if a failed. */
static bool does_without(GraphNode user, GraphNode failed, void *) {
    return user >= 2 && failed == 0;
}

static void some_survive(void **) {
    static const struct {
        const char *edges, *failing, *wanted;
    } cases[] = {
        {"ba ca", "a", "a-bc"},      {"ba ca db dc", "a", "a-bc-d"}, {"ca db dc", "a", "abcd"},
        {"ca db dc", "ac", "abc-d"}, {"ca cb", "b", "ab-c"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diary diary;
        diary_init(&diary, arena);
        draw(&diary, strchr(cases[i].edges, 'd') ? 4 : 3, cases[i].edges);
        diary.failing = cases[i].failing;
        diary.workers = 1;
        WalkRequest request = {.graph = &diary.graph,
                               .workers = 1,
                               .visit = visit_simply,
                               .survives = does_without,
                               .skipped = note_skipped,
                               .context = &diary};
        assert_false(walk_run(&request));
        check_str(strbuf_str(&diary.text), cases[i].wanted);
        diary_release(&diary);
    }
}

static void stop_starts_no_node(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diary diary;
    diary_init(&diary, arena);
    draw(&diary, 5, "cb dc");
    diary.cancel = cancel_open();
    diary.stops = 'b';
    diary.workers = 1;
    WalkRequest request = {.graph = &diary.graph,
                           .workers = 1,
                           .cancel = diary.cancel,
                           .visit = visit_simply,
                           .skipped = note_skipped,
                           .context = &diary};
    assert_false(walk_run(&request));
    check_str(strbuf_str(&diary.text), "ab-e-c-d");
    cancel_close(diary.cancel);
    diary_release(&diary);
}

static bool visit_timed(Walk *walk, GraphNode node, void *payload, uint32_t worker, void *context) {
    (void)walk, (void)payload;
    Diary *diary = context;
    assert_true(worker < diary->workers);
    diary->begun_at[node] = next_moment(diary);
    diary->ended_at[node] = next_moment(diary);
    return true;
}

static void needs_end_first(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static Diary diary;
    diary_init(&diary, arena);
    for (GraphNode i = 0; i < MOST_NODES; i++)
        graph_add_node(&diary.graph, NULL);
    for (GraphNode i = 1; i < MOST_NODES; i++) {
        graph_add_edge(&diary.graph, i, i * 7919 % i);
        graph_add_edge(&diary.graph, i, i / 2);
        graph_add_edge(&diary.graph, i, i - 1 - (i > 9 ? i % 9 : 0));
    }
    graph_finish(&diary.graph);
    diary.workers = 8;
    WalkRequest request = {
        .graph = &diary.graph, .workers = 8, .visit = visit_timed, .context = &diary};
    assert_true(walk_run(&request));
    for (GraphNode i = 0; i < MOST_NODES; i++)
        assert_true(diary.begun_at[i] > 0);
    vec_each(&diary.graph.edges, edge) {
        assert_true(diary.begun_at[edge->from] > diary.ended_at[edge->to]);
    }
    diary_release(&diary);
}

typedef struct Task {
    Diary *diary;
    char name;
    bool fails;
    bool submits;
    GraphNode node;
    WalkLimit limits[2];
    atomic_int *in_use[2];
    int capacity[2];
} Task;

static void enter(Diary *diary) {
    int now = atomic_fetch_add(&diary->running, 1) + 1;
    int most = atomic_load(&diary->most_running);
    while (now > most && !atomic_compare_exchange_weak(&diary->most_running, &most, now)) {
    }
}

static bool run_task(Walk *walk, void *payload, uint32_t worker) {
    Task *task = payload;
    Diary *diary = task->diary;
    assert_true(worker < diary->workers);
    enter(diary);
    for (size_t i = 0; i < 2 && task->in_use[i]; i++) {
        assert_true(atomic_fetch_add(task->in_use[i], 1) < task->capacity[i]);
    }
    write_down(diary, "", task->name);
    if (diary->workers > 1)
        cancel_wait(NULL, 1);
    for (size_t i = 0; i < 2 && task->in_use[i]; i++)
        atomic_fetch_sub(task->in_use[i], 1);
    atomic_fetch_sub(&diary->running, 1);
    if (task->submits) {
        task->submits = false;
        walk_submit(walk, task->node, (WalkTask){.run = run_task, .payload = task});
    }
    return !task->fails;
}

/* Node a submits two tasks, the first of which submits one more; b depends on a. */
static bool visit_with_tasks(Walk *walk, GraphNode node, void *payload, uint32_t worker,
                             void *context) {
    Task *tasks = payload;
    if (!visit_simply(walk, node, payload, worker, context))
        return false;
    for (size_t i = 0; tasks && i < 2; i++) {
        walk_submit(walk, node, (WalkTask){.run = run_task, .payload = &tasks[i]});
    }
    return true;
}

static void node_ends_with_its_last_task(void **) {
    static const struct {
        bool fails;
        const char *wanted;
    } cases[] = {
        {false, "acXYXb"},
        {true, "acXYX-b"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diary diary;
        diary_init(&diary, arena);
        Task tasks[] = {
            {.diary = &diary, .name = 'X', .submits = true},
            {.diary = &diary, .name = 'Y', .fails = cases[i].fails},
        };
        draw(&diary, 3, "ba");
        diary.graph.payloads.items[0] = tasks;
        diary.workers = 1;
        WalkRequest request = {.graph = &diary.graph,
                               .workers = 1,
                               .visit = visit_with_tasks,
                               .skipped = note_skipped,
                               .context = &diary};
        assert_int_equal(walk_run(&request), !cases[i].fails);
        check_str(strbuf_str(&diary.text), cases[i].wanted);
        diary_release(&diary);
    }
}

static void stop_drops_tasks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diary diary;
    diary_init(&diary, arena);
    Task tasks[] = {{.diary = &diary, .name = 'X'}, {.diary = &diary, .name = 'Y'}};
    draw(&diary, 3, "ca");
    diary.graph.payloads.items[0] = tasks;
    diary.cancel = cancel_open();
    diary.stops = 'b';
    diary.workers = 1;
    WalkRequest request = {.graph = &diary.graph,
                           .workers = 1,
                           .cancel = diary.cancel,
                           .visit = visit_with_tasks,
                           .skipped = note_skipped,
                           .context = &diary};
    assert_false(walk_run(&request));
    check_str(strbuf_str(&diary.text), "ab-c");
    cancel_close(diary.cancel);
    diary_release(&diary);
}

#define BRIEF_TASKS 40

/* Tasks of node a: upper-case letters for first parts, lower-case letters for second parts. */
typedef struct BriefTask {
    Diary *diary;
    char name;
    bool is_brief;
    size_t begun_at, called_at;
} BriefTask;

static bool call_brief_task(Walk *walk, void *payload, uint32_t worker) {
    BriefTask *task = payload;
    (void)walk, (void)worker;
    task->called_at = next_moment(task->diary);
    write_down(task->diary, "", (char)(task->name - 'A' + 'a'));
    return true;
}

static bool run_brief_task(Walk *walk, void *payload, uint32_t worker) {
    BriefTask *task = payload;
    (void)worker;
    task->begun_at = next_moment(task->diary);
    write_down(task->diary, "", task->name);
    if (task->name == task->diary->stops)
        cancel_raise(task->diary->cancel, CANCEL_STOP);
    if (task->is_brief)
        walk_yield(walk, 0, (WalkTask){.run = call_brief_task, .payload = task});
    return true;
}

static bool visit_with_brief_tasks(Walk *walk, GraphNode node, void *payload, uint32_t worker,
                                   void *context) {
    BriefTask *tasks = payload;
    (void)worker, (void)context;
    for (size_t i = 0; tasks && tasks[i].diary; i++)
        walk_submit(
            walk, node,
            (WalkTask){.run = run_brief_task, .payload = &tasks[i], .is_brief = tasks[i].is_brief});
    return true;
}

static bool run_brief_tasks(BriefTask *tasks, size_t count, Diary *diary) {
    for (size_t i = 0; i < count; i++)
        tasks[i].diary = diary;
    graph_add_node(&diary->graph, tasks);
    graph_finish(&diary->graph);
    WalkRequest request = {.graph = &diary->graph,
                           .workers = diary->workers,
                           .cancel = diary->cancel,
                           .visit = visit_with_brief_tasks,
                           .context = diary};
    return walk_run(&request);
}

static void second_parts_come_after_brief_tasks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diary diary;
    BriefTask tasks[] = {
        {.name = 'X', .is_brief = true},
        {.name = 'Y', .is_brief = true},
        {.name = 'V'},
        {.name = 'Z', .is_brief = true},
        {.diary = NULL},
    };
    diary_init(&diary, arena);
    diary.workers = 1;
    assert_true(run_brief_tasks(tasks, ARRAY_COUNT(tasks) - 1, &diary));
    check_str(strbuf_str(&diary.text), "XYxyVZz");
    diary_release(&diary);
}

static void few_tasks_yield_at_once(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diary diary;
    BriefTask tasks[BRIEF_TASKS + 1] = {0};
    diary_init(&diary, arena);
    diary.workers = 1;
    for (size_t i = 0; i < BRIEF_TASKS; i++)
        tasks[i] = (BriefTask){.name = 'X', .is_brief = true};
    assert_true(run_brief_tasks(tasks, BRIEF_TASKS, &diary));
    static_assert(BRIEF_TASKS > WALK_YIELDED_MAX, "some tasks come after the first second parts");
    assert_true(tasks[0].called_at > tasks[WALK_YIELDED_MAX - 1].begun_at);
    assert_true(tasks[WALK_YIELDED_MAX - 1].called_at < tasks[WALK_YIELDED_MAX].begun_at);
    for (size_t i = 0; i < BRIEF_TASKS; i++)
        assert_true(tasks[i].called_at > tasks[i].begun_at);
    diary_release(&diary);
}

static void stop_drops_no_second_part(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diary diary;
    BriefTask tasks[] = {
        {.name = 'X', .is_brief = true},
        {.name = 'Y', .is_brief = true},
        {.name = 'Z', .is_brief = true},
        {.diary = NULL},
    };
    diary_init(&diary, arena);
    diary.workers = 1;
    diary.cancel = cancel_open();
    diary.stops = 'Y';
    assert_false(run_brief_tasks(tasks, ARRAY_COUNT(tasks) - 1, &diary));
    check_str(strbuf_str(&diary.text), "XYxy");
    cancel_close(diary.cancel);
    diary_release(&diary);
}

static void many_workers_yield(void **) {
    for (int turn = 0; turn < 50; turn++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diary diary;
        BriefTask tasks[BRIEF_TASKS + 1] = {0};
        diary_init(&diary, arena);
        diary.workers = 8;
        for (size_t i = 0; i < BRIEF_TASKS; i++)
            tasks[i] = (BriefTask){.name = 'X', .is_brief = i % 7 != 3};
        assert_true(run_brief_tasks(tasks, BRIEF_TASKS, &diary));
        for (size_t i = 0; i < BRIEF_TASKS; i++)
            assert_int_equal(tasks[i].called_at > tasks[i].begun_at, tasks[i].is_brief);
        diary_release(&diary);
    }
}

#define MANY_TASKS 600

typedef struct Crowd {
    Diary diary;
    Task tasks[MANY_TASKS];
    atomic_int in_use[3];
} Crowd;

static bool visit_crowd(Walk *walk, GraphNode node, void *payload, uint32_t worker, void *context) {
    (void)payload, (void)worker;
    Crowd *crowd = context;
    for (size_t i = node; i < MANY_TASKS; i += 2) {
        Task *task = &crowd->tasks[i];
        task->node = node;
        WalkTask wanted = {.run = run_task, .payload = task, .limits = task->limits};
        while (wanted.limit_count < 2 && task->in_use[wanted.limit_count])
            wanted.limit_count++;
        walk_submit(walk, node, wanted);
    }
    return true;
}

/* Three keys of capacity 1, 2, 3; tasks with none, one or two of them in either order. */
static void limits_hold(void **) {
    static const Str names[] = {STR_CONST("one"), STR_CONST("two"), STR_CONST("three")};
    SCOPED(ArenaRef) arena = arena_open("test");
    static Crowd crowd;
    diary_init(&crowd.diary, arena);
    draw(&crowd.diary, 2, "");
    crowd.diary.workers = 6;
    for (size_t i = 0; i < MANY_TASKS; i++) {
        Task *task = &crowd.tasks[i];
        *task = (Task){.diary = &crowd.diary, .name = 'X'};
        size_t count = i % 5 == 0 ? 0 : 1 + i % 2;
        for (size_t k = 0; k < count; k++) {
            size_t key = (i / 2 + k * (1 + i % 3 % 2)) % 3;
            task->limits[k] = (WalkLimit){names[key], (uint32_t)key + 1};
            task->in_use[k] = &crowd.in_use[key];
            task->capacity[k] = (int)key + 1;
        }
    }
    WalkRequest request = {
        .graph = &crowd.diary.graph, .workers = 6, .visit = visit_crowd, .context = &crowd};
    assert_true(walk_run(&request));
    assert_int_equal(strbuf_str(&crowd.diary.text).len, MANY_TASKS);
    assert_true(atomic_load(&crowd.diary.most_running) <= 6);
    assert_true(atomic_load(&crowd.diary.most_running) >= 3);
    diary_release(&crowd.diary);
}

/* Two tasks wait for one key: the third, without limits, does not wait behind them. */
static bool visit_queue(Walk *walk, GraphNode node, void *payload, uint32_t worker, void *context) {
    (void)worker, (void)context;
    Task *tasks = payload;
    for (size_t i = 0; i < 4; i++) {
        size_t count = i == 2 ? 0 : 1;
        WalkTask task = {run_task, &tasks[i], tasks[i].limits, count};
        walk_submit(walk, node, task);
    }
    return true;
}

static void queued_tasks_keep_their_order(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diary diary;
    diary_init(&diary, arena);
    Task tasks[4] = {0};
    for (size_t i = 0; i < 4; i++) {
        tasks[i] = (Task){.diary = &diary, .name = (char)('P' + i)};
        /* The smallest capacity is used. */
        tasks[i].limits[0] = (WalkLimit){STR("key"), i == 1 ? 1 : 5};
    }
    draw(&diary, 1, "");
    diary.graph.payloads.items[0] = tasks;
    diary.workers = 1;
    WalkRequest request = {
        .graph = &diary.graph, .workers = 1, .visit = visit_queue, .context = &diary};
    assert_true(walk_run(&request));
    check_str(strbuf_str(&diary.text), "PRQS");
    diary_release(&diary);
}

/* With enough work, as many tasks run as there are workers: all must meet to finish. */
static bool visit_meeting(Walk *walk, GraphNode node, void *payload, uint32_t worker,
                          void *context) {
    (void)walk, (void)node, (void)payload, (void)worker;
    pthread_barrier_wait(context);
    return true;
}

static void uses_all_workers(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 10);
    Graph graph = graph_new(arena);
    for (GraphNode i = 0; i < 20; i++)
        graph_add_node(&graph, NULL);
    /* A second round, in which threads that were idle are woken. */
    for (GraphNode i = 10; i < 20; i++)
        graph_add_edge(&graph, i, 0);
    graph_finish(&graph);
    WalkRequest request = {
        .graph = &graph, .workers = 10, .visit = visit_meeting, .context = &barrier};
    assert_true(walk_run(&request));
    pthread_barrier_destroy(&barrier);
}

static bool visit_late_meeting(Walk *walk, GraphNode node, void *payload, uint32_t worker,
                               void *context) {
    (void)walk, (void)payload, (void)worker;
    if (node == 0)
        cancel_wait(NULL, 50);
    if (node > 1)
        pthread_barrier_wait(context);
    return true;
}

/* Work for ten threads arrives at once while one of two is idle: more threads must start. */
static void starts_more_than_wake(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 10);
    Graph graph = graph_new(arena);
    for (GraphNode i = 0; i < 12; i++)
        graph_add_node(&graph, NULL);
    for (GraphNode i = 2; i < 12; i++)
        graph_add_edge(&graph, i, 0);
    graph_finish(&graph);
    WalkRequest request = {
        .graph = &graph, .workers = 10, .visit = visit_late_meeting, .context = &barrier};
    assert_true(walk_run(&request));
    pthread_barrier_destroy(&barrier);
}

UNIT_MAIN(test_walk) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_worker),
        cmocka_unit_test(without_threads),
        cmocka_unit_test(some_survive),
        cmocka_unit_test(stop_starts_no_node),
        cmocka_unit_test(needs_end_first),
        cmocka_unit_test(node_ends_with_its_last_task),
        cmocka_unit_test(stop_drops_tasks),
        cmocka_unit_test(second_parts_come_after_brief_tasks),
        cmocka_unit_test(few_tasks_yield_at_once),
        cmocka_unit_test(stop_drops_no_second_part),
        cmocka_unit_test(many_workers_yield),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(queued_tasks_keep_their_order),
        cmocka_unit_test(uses_all_workers),
        cmocka_unit_test(starts_more_than_wake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
