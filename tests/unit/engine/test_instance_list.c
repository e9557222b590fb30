/* Lists of a query: their searches, what references see, their events and errors. */
#include "engine_case.h"

#define CARDS                                                                                      \
    "resource: {fake_card: {all: {for_each: {ab: 1, ac: 1, b: 1}, name: '${each.key}'}}}\n"
#define LIST(arguments) "list: {fake_card: {all: {provider: fake" arguments "}}}\n"

static const QueryOptions finding = {0};
static const QueryOptions generating = {.generates_config = true};

typedef struct QueryCase {
    EngineCase *c;
    StrBuf events; /* "start all\n", "found all Card a\n", "end all\n" */
} QueryCase;

static void hear(void *self, const WalkEvent *event) {
    static const char *const names[] = {
        [EVENT_LIST_START] = "start", [EVENT_LIST_FOUND] = "found", [EVENT_LIST_END] = "end"};
    const Listing *listing = event->listing;
    if (!listing)
        return;
    check_str(str_from_cstr(event->operation), "search");
    strbuf_add_cstr(self, names[event->kind]);
    if (event->kind == EVENT_LIST_START)
        assert_int_equal(listing->entries.count, 0);
    if (event->kind == EVENT_LIST_FOUND)
        strbuf_add_format(self, " %.*s", STR_ARG(vec_last(&listing->entries).display_name));
    strbuf_add_char(self, '\n');
}

/* Loads a configuration and a query, which can find the cards ab, ac and b. */
static void open_query(QueryCase *q, Hooks *hooks, const char *config, const char *query,
                       const QueryOptions *options) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, CARDS);
    *q = (QueryCase){c, strbuf_new(c->arena)};
    *hooks = (Hooks){&q->events, hear};
    c->hooks = hooks;
    c->options.query = options;
    c->world.diary = strbuf_new(c->arena);
    engine_case_write(c, "q.loamquery.yaml", query);
    engine_case_config(c, config);
}

/* "list.fake_card.all: Card ab, Card ac\n" */
static Str found(const QueryCase *q) {
    EngineCase *c = q->c;
    StrBuf buf = strbuf_new(c->arena);
    vec_each(&c->listings, item) {
        const Listing *listing = *item;
        strbuf_add_format(&buf, "%.*s:", STR_ARG(resource_addr_to_str(listing->address, c->arena)));
        vec_each(&listing->entries, entry)
            strbuf_add_format(&buf, " %.*s", STR_ARG(entry->display_name));
        strbuf_add_char(&buf, '\n');
    }
    return strbuf_str(&buf);
}

static void searches(void **) {
    static const struct {
        const char *query, *call, *found;
        const QueryOptions *options;
    } cases[] = {
        {LIST(""), "list  100\n", "list.fake_card.all: Card ab Card ac Card b\n", &finding},
        {LIST(", config: {prefix: a}"), "list a 100\n", "list.fake_card.all: Card ab Card ac\n",
         &finding},
        {LIST(", limit: 2"), "list  2\n", "list.fake_card.all: Card ab Card ac\n", &finding},
        {LIST(", limit: '${local.one}'"), "list  1\n", "list.fake_card.all: Card ab\n", &finding},
        {LIST(", limit: 0"), "", "list.fake_card.all:\n", &finding},
        {LIST(", include_resource: true"), "list  100 whole\n",
         "list.fake_card.all: Card ab Card ac Card b\n", &finding},
        {LIST(", include_resource: false"), "list  100\n",
         "list.fake_card.all: Card ab Card ac Card b\n", &finding},
        {LIST(", limit: 1, include_resource: false"), "list  1 whole\n",
         "list.fake_card.all: Card ab\n", &generating},
        {LIST(", count: 2, config: {prefix: b}, limit: '${count.index}'"), "list b 1\n",
         "list.fake_card.all[0]:\nlist.fake_card.all[1]: Card b\n", &finding},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        QueryCase q;
        Hooks hooks;
        open_query(&q, &hooks, "locals: {one: 1}\n", cases[i].query, cases[i].options);
        engine_case_must(q.c, engine_case_plan(q.c));
        check_diary(q.c, cases[i].call);
        check_str(found(&q), cases[i].found);
        engine_case_close(q.c);
    }
}

/* An entry has the object if the list includes it, and a configuration if the query asks for it. */
static void entries(void **) {
    static const struct {
        const char *query;
        const QueryOptions *options;
        bool has_object, has_config;
    } cases[] = {
        {LIST(", limit: 1"), &finding, false, false},
        {LIST(", limit: 1, include_resource: true"), &finding, true, false},
        {LIST(", limit: 1"), &generating, true, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        QueryCase q;
        Hooks hooks;
        open_query(&q, &hooks, "{}\n", cases[i].query, cases[i].options);
        engine_case_must(q.c, engine_case_plan(q.c));
        Arena *arena = q.c->arena;
        assert_int_equal(q.c->listings.count, 1);
        const Listing *listing = q.c->listings.items[0];
        check_str(listing->provider, "fake");
        check_str(str_from_cstr(listing->type->name), "fake_card");
        check_str(value_display(listing->config, 0, arena), "{prefix = null, suffix = null}");
        assert_int_equal(listing->entries.count, 1);
        const ListingEntry *entry = &listing->entries.items[0];
        check_str(value_display(entry->identity, 0, arena), "{name = \"ab\"}");
        assert_int_equal(value_is_present(entry->object), cases[i].has_object);
        if (cases[i].has_object)
            check_str(value_text(value_attribute(entry->object, STR("id"))), "ab-1");
        assert_int_equal(entry->config.type != NULL, cases[i].has_config);
        if (cases[i].has_config)
            check_str(value_text(value_attribute(entry->config, STR("name"))), "ab");
        check_str(strbuf_str(&q.events), "start\nfound Card ab\nend\n");
        engine_case_close(q.c);
    }
}

static void positions_and_providers(void **) {
    static const char config[] = "provider: {fake: [{}, {alias: by, for_each: {k: 1, l: 2}}]}\n";
    static const char query[] = "list: {fake_card: {all: {for_each: {k: 1, l: 2}, limit: 0, "
                                "provider: 'fake.by[each.key]'}}}\n";
    QueryCase q;
    Hooks hooks;
    open_query(&q, &hooks, config, query, &finding);
    engine_case_must(q.c, engine_case_plan(q.c));
    assert_int_equal(q.c->listings.count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(q.c->listings.items[i]->position, i);
    check_str(q.c->listings.items[0]->provider, "fake.by[\"k\"]");
    check_str(q.c->listings.items[1]->provider, "fake.by[\"l\"]");
    engine_case_close(q.c);
}

/* A list sees the entries of another one, with the marks of the schema. */
static void references(void **) {
    static const struct {
        const char *prefix, *call;
        bool is_sensitive;
    } cases[] = {
        {"${list.fake_card.all.data[1].identity.name}", "list ac 100\n", false},
        {"${list.fake_card.all.data[0].state.id}", "list ab-1 100\n", false},
        {"${list.fake_card.all.data[0].state.secret}", "list hidden 100\n", true},
        {"%{for x in list.fake_card.all.data}${x.identity.name}%{endfor}", "list abac 100\n",
         false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        QueryCase q;
        Hooks hooks;
        SCOPED(ArenaRef) arena = arena_open("test");
        Str query = str_format(arena,
                               "list: {fake_card: {all: {provider: fake, include_resource: true, "
                               "config: {prefix: a}}, "
                               "next: {provider: fake, config: {prefix: '%s'}}}}\n",
                               cases[i].prefix);
        open_query(&q, &hooks, "{}\n", str_to_cstr(query, arena), &finding);
        engine_case_must(q.c, engine_case_plan(q.c));
        Str wanted = str_format(arena, "list a 100 whole\n%s", cases[i].call);
        check_str_equal(engine_case_diary(q.c), wanted);
        assert_int_equal(q.c->listings.count, 2);
        assert_int_equal(value_has_marks_anywhere(q.c->listings.items[1]->config),
                         cases[i].is_sensitive);
        engine_case_close(q.c);
    }
}

/* A list without objects has null states. */
static void references_without_objects(void **) {
    QueryCase q;
    Hooks hooks;
    open_query(&q, &hooks, "{}\n",
               "list: {fake_card: {all: {provider: fake}, next: {provider: fake, config: {prefix: "
               "'${list.fake_card.all.data[0].state == null ? \"b\" : \"a\"}'}}}}\n",
               &finding);
    engine_case_must(q.c, engine_case_plan(q.c));
    check_diary(q.c, "list  100\nlist b 100\n");
    engine_case_close(q.c);
}

/* An error at an argument is about its expression. Without a list, there is no end. */
static void errors(void **) {
    static const struct {
        const char *query, *order, *said, *events;
        DiagSubject subject;
        const QueryOptions *options;
    } cases[] = {
        {LIST(", limit: -1"), "",
         "Invalid \"limit\" argument: The value of \"limit\" must be an integer of at least 0.", "",
         DIAG_EXPRESSION, &finding},
        {LIST(", limit: 1.5"), "",
         "Invalid \"limit\" argument: The value of \"limit\" must be an integer of at least 0.", "",
         DIAG_EXPRESSION, &finding},
        {LIST(", limit: '${null}'"), "",
         "Invalid \"limit\" argument: The value of \"limit\" is null.", "", DIAG_EXPRESSION,
         &finding},
        {LIST(", limit: '${[1][2]}'"), "", "Invalid index", "", DIAG_EXPRESSION, &finding},
        {LIST(", limit: '${fake_thing.a.revision}'"), "",
         "Invalid \"limit\" argument: The value of \"limit\" depends on objects that do not exist "
         "yet.",
         "", DIAG_EXPRESSION, &finding},
        {LIST(", include_resource: '${null}'"), "",
         "Invalid \"include_resource\" argument: The value of \"include_resource\" is null.", "",
         DIAG_EXPRESSION, &finding},
        {LIST(", include_resource: '${fake_thing.a.id == \"x\"}'"), "",
         "Invalid \"include_resource\" argument: The value of \"include_resource\" depends on", "",
         DIAG_EXPRESSION, &finding},
        {LIST(", config: {prefix: '${fake_thing.a.id}'}"), "",
         "Unknown list argument: The value of .prefix depends on objects that do not exist yet.",
         "", DIAG_EXPRESSION, &finding},
        {LIST(", config: {prefix: a, suffix: '${fake_thing.a.id}'}"), "",
         "Unknown list argument: The value of .suffix depends on objects that do not exist yet.",
         "", DIAG_EXPRESSION, &finding},
        {LIST(", config: {prefix: odd}"), "", "Odd prefix: As written.", "start\n", DIAG_OBJECT,
         &finding},
        {LIST(""), "lose list", "Search failed: As ordered.", "start\nfound Card ab\n", DIAG_OBJECT,
         &finding},
        {LIST(", config: {prefix: ab}"), "quiet ab", "No description: As ordered.",
         "start\nfound Card ab\n", DIAG_OBJECT, &generating},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        QueryCase q;
        Hooks hooks;
        open_query(&q, &hooks, "resource: {fake_thing: {a: {name: a}}}\n", cases[i].query,
                   cases[i].options);
        fake_world_order(&q.c->world, cases[i].order);
        assert_false(engine_case_plan(q.c));
        check_said(q.c, cases[i].said);
        assert_int_equal(q.c->diags.count, 1);
        const Diag *diag = &q.c->diags.items[0];
        if (diag->subject != cases[i].subject)
            fail_msg("%zu: subject %d", i, diag->subject);
        assert_non_null(diag->range.source);
        assert_true(str_ends_with(diag->range.source->path, STR("q.loamquery.yaml")));
        assert_int_equal(q.c->listings.count, 0);
        check_str(strbuf_str(&q.events), cases[i].events);
        engine_case_close(q.c);
    }
}

static bool list_nothing(const Call *, const ListRequest *, const ListSink *, Diags *) {
    return true;
}

static bool find_foreign(void *self, Str name, bool, const Provider **out, SourceRange, Diags *) {
    if (str_equal(name, STR("fake")) || str_ends_with(name, STR("/fake")))
        *out = self;
    return true;
}

/* The tables of a provider that is a program are not checked before it is used. */
static void objects_without_identity(void **) {
    static const ListType things = {.mode = MODE_LIST, .name = "fake_thing", .list = list_nothing};
    static const ListType others = {.mode = MODE_LIST, .name = "fake_other", .list = list_nothing};
    static const char *const names[] = {"fake_thing", "fake_other"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        QueryCase q;
        Hooks hooks;
        SCOPED(ArenaRef) arena = arena_open("test");
        Str query = str_format(arena, "list: {%s: {all: {provider: fake}}}\n", names[i]);
        open_query(&q, &hooks, "{}\n", str_to_cstr(query, arena), &finding);
        const ObjectType **types =
            arena_new_array(arena, const ObjectType *, fake_provider.type_count + 2);
        memcpy(types, fake_provider.types, fake_provider.type_count * sizeof(*types));
        types[fake_provider.type_count] = &things.type;
        types[fake_provider.type_count + 1] = &others.type;
        Provider foreign = fake_provider;
        foreign.types = types;
        foreign.type_count += 2;
        registry_set_source(q.c->registry, &(ProviderSource){&foreign, find_foreign});
        assert_false(engine_case_plan(q.c));
        check_said(q.c, "all: Provider has no identity of listed objects");
        assert_int_equal(q.c->diags.count, 1);
        assert_non_null(q.c->diags.items[0].range.source);
        check_str(strbuf_str(&q.events), "");
        engine_case_close(q.c);
    }
}

/* An interrupted search has not found everything. */
static void interruption(void **) {
    QueryCase q;
    Hooks hooks;
    open_query(&q, &hooks, "{}\n", LIST(""), &finding);
    q.c->world.cancel = cancel_open();
    q.c->world.stops_at = STR("list");
    assert_false(engine_case_plan(q.c));
    check_said(q.c, "Query was interrupted");
    check_str(found(&q), "");
    check_str(strbuf_str(&q.events), "start\n");
    cancel_close(q.c->world.cancel);
    engine_case_close(q.c);
}

/* The validation reports every argument, and accepts unknown ones. */
static void validation(void **) {
    static const struct {
        const char *query;
        size_t errors;
        const char *said;
    } cases[] = {
        {LIST(", limit: '${var.n}', include_resource: '${var.n > 1}'"), 0, ""},
        {LIST(", limit: '${fake_thing.a.size}'"), 0, ""},
        {LIST(", limit: -1, include_resource: '${null}'"), 2, "The value of \"limit\" must be"},
        {LIST(", limit: -1, include_resource: '${null}'"), 2,
         "The value of \"include_resource\" is null."},
        {LIST(", limit: '${local.none}', include_resource: '${local.none}'"), 2,
         "Reference to undeclared local value"},
        {LIST(", limit: '${local.none}', include_resource: '${null}'"), 2,
         "The value of \"include_resource\" is null."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        QueryCase q;
        Hooks hooks;
        open_query(&q, &hooks,
                   "variable: {n: {type: number}}\nresource: {fake_thing: {a: {name: a}}}\n",
                   cases[i].query, NULL);
        Engine engine = engine_case_engine(q.c);
        assert_int_equal(engine_validate(&engine, &q.c->diags), cases[i].errors == 0);
        if (q.c->diags.count != cases[i].errors)
            fail_msg("%zu: %.*s", i, STR_ARG(engine_case_said(q.c)));
        check_said(q.c, cases[i].said);
        check_diary(q.c, "");
        engine_case_close(q.c);
    }
}

UNIT_MAIN(test_instance_list) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(searches),
        cmocka_unit_test(entries),
        cmocka_unit_test(positions_and_providers),
        cmocka_unit_test(references),
        cmocka_unit_test(references_without_objects),
        cmocka_unit_test(errors),
        cmocka_unit_test(objects_without_identity),
        cmocka_unit_test(interruption),
        cmocka_unit_test(validation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
