/* The objects behind an instance: the apply changes exactly the parts that the plan shows, also
 * after failures. Real files are compared without the help of loam. */
#include "bundle.h"
#include "engine_death.h"
#include "input.h"
#include "journal.h"
#include "plan_json.h"

#define FILES_MAX 12

/* A file on the disk: name in the bundle, tag of its creation, content. */
typedef struct SeenFile {
    Str key, place, content;
} SeenFile;

typedef VEC(SeenFile) SeenFiles;

static SeenFiles look(EngineCase *c, const char *directory) {
    SeenFiles seen = {0};
    DiskEntries entries = {0};
    Str path = disk_join(str_from_cstr(c->directory), str_from_cstr(directory), c->arena);
    if (disk_real.list(NULL, path, &entries, c->arena) != 0)
        return seen;
    vec_each(&entries, entry) {
        SeenFile file = {.place = entry->name};
        file.key = str_slice(entry->name, 0, str_find_char(entry->name, '@', 0));
        Str at = disk_join(path, entry->name, c->arena);
        assert_int_equal(disk_real.read_file(NULL, at, &file.content, c->arena), 0);
        vec_push(c->arena, &seen, file);
    }
    return seen;
}

/* "front=one " for each file. */
static Str contents(EngineCase *c, const char *directory) {
    StrBuf text = strbuf_new(c->arena);
    SeenFiles seen = look(c, directory);
    vec_each(&seen, file) {
        strbuf_add_format(&text, "%.*s=%.*s ", STR_ARG(file->key), STR_ARG(file->content));
    }
    return strbuf_str(&text);
}

static const SeenFile *find_file(const SeenFiles *files, Str key) {
    vec_each(files, file) {
        if (str_equal(file->key, key))
            return file;
    }
    return NULL;
}

/* "+ new ~ front " : the differences between two looks. */
static Str differences(EngineCase *c, const SeenFiles *before, const SeenFiles *after) {
    StrBuf text = strbuf_new(c->arena);
    for (int first = 'a'; first <= 'z'; first++) {
        Str key = str_format(c->arena, "%c", first);
        const SeenFile *old = find_file(before, key), *now = find_file(after, key);
        if (!old && now)
            strbuf_add_format(&text, "+ %c ", first);
        else if (old && !now)
            strbuf_add_format(&text, "- %c ", first);
        else if (old && !str_equal(old->place, now->place))
            strbuf_add_format(&text, "-/+ %c ", first);
        else if (old && !str_equal(old->content, now->content))
            strbuf_add_format(&text, "~ %c ", first);
    }
    return strbuf_str(&text);
}

/* The same for the plan's parts of all instances. */
static Str shown(EngineCase *c) {
    StrBuf text = strbuf_new(c->arena);
    vec_each(&c->plan->changes, change) {
        vec_each(&change->parts, part) {
            strbuf_add_format(&text, "%s %.*s ", action_glyph(part->action), STR_ARG(part->title));
        }
        if (change->has_unknown_parts)
            strbuf_add_cstr(&text, "and more ");
    }
    return strbuf_str(&text);
}

/* A bundle in the directory "out" of the case; `more` are further lines of the block. */
static void configure_in(EngineCase *c, const char *directory, const char *files,
                         const char *more) {
    Str text = str_format(c->arena,
                          "resource:\n"
                          "  fake_bundle:\n"
                          "    b:\n"
                          "      directory: %s/%s\n"
                          "      files: %s\n%s",
                          c->directory, directory, files, more);
    engine_case_config(c, str_to_cstr(text, c->arena));
}

static void configure(EngineCase *c, const char *files) {
    configure_in(c, "out", files, "");
}

static EngineCase *open_with(const char *files) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    if (files) {
        configure(c, files);
        engine_case_must(c, engine_case_apply(c));
    }
    return c;
}

static void open_journal(EngineCase *c, JournalStore *store) {
    engine_case_must(
        c, journal_open(store, c->world.io.clock, c->refreshed, &c->journal, c->arena, &c->diags));
}

static void close_journal(EngineCase *c) {
    journal_close(c->journal);
    c->journal = NULL;
}

static uint64_t next(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Random contents: some can be changed in place, others not. */
static const char *random_files(EngineCase *c, uint64_t *seed) {
    StrBuf text = strbuf_new(c->arena);
    strbuf_add_cstr(&text, "{");
    const char *separator = "";
    for (int key = 'a'; key < 'a' + 8; key++) {
        uint64_t draw = next(seed);
        if (draw % 3 == 0)
            continue;
        strbuf_add_format(&text, "%s%c: \"%s %u\"", separator, key,
                          draw % 5 == 0 ? "fixed" : "content", (unsigned)(draw / 64 % 3));
        separator = ", ";
    }
    strbuf_add_cstr(&text, "}");
    return str_to_cstr(strbuf_str(&text), c->arena);
}

static void shown_parts_are_changed(void **) {
    uint64_t seed = 20261121;
    EngineCase *c = open_with(NULL);
    for (int round = 0; round < 60; round++) {
        configure(c, random_files(c, &seed));
        SeenFiles before = look(c, "out");
        engine_case_must(c, engine_case_plan(c));
        Str planned = shown(c);
        engine_case_must(c, engine_case_apply_plan(c));
        SeenFiles after = look(c, "out");
        check_str_equal(planned, differences(c, &before, &after));
        engine_case_must(c, engine_case_plan(c));
        check_str(shown(c), "");
    }
    engine_case_close(c);
}

static void drift_is_a_part(void **) {
    EngineCase *c = open_with("{a: one, b: two, d: three}");
    SeenFiles seen = look(c, "out");
    Str out = disk_join(str_from_cstr(c->directory), STR("out"), c->arena);
    Str first = disk_join(out, seen.items[0].place, c->arena);
    assert_int_equal(disk_real.write_file(NULL, first, STR("other"), 0644), 0);
    assert_int_equal(disk_real.remove(NULL, disk_join(out, seen.items[1].place, c->arena)), 0);
    engine_case_must(c, engine_case_plan(c));
    check_str(shown(c), "~ a + b ");
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(contents(c, "out"), "a=one b=two d=three ");
    engine_case_close(c);
}

/* The predecessor's files are deleted with it; the successor's are created. */
static void a_replacement_shows_both(void **) {
    static const char *const orders[] = {"", "      lifecycle: {create_before_destroy: true}\n"};
    for (size_t i = 0; i < ARRAY_COUNT(orders); i++) {
        EngineCase *c = open_with(NULL);
        configure_in(c, "one", "{a: one, b: two, d: two}", orders[i]);
        engine_case_must(c, engine_case_apply(c));
        configure_in(c, "two", "{b: three, d: four, e: five}", orders[i]);
        engine_case_must(c, engine_case_plan(c));
        check_str(shown(c), "- a -/+ b -/+ d + e ");
        engine_case_must(c, engine_case_apply_plan(c));
        check_str(contents(c, "one"), "");
        check_str(contents(c, "two"), "b=three d=four e=five ");
        engine_case_must(c, engine_case_plan(c));
        check_changes(c, "");
        engine_case_close(c);
    }
}

/* A rejected deletion is an error, also of a predecessor. */
static void a_rejected_deletion_has_no_change(void **) {
    static const char *const after[] = {"two", NULL};
    for (size_t i = 0; i < ARRAY_COUNT(after); i++) {
        EngineCase *c = open_with(NULL);
        configure_in(c, "one", "{a: one}", "");
        engine_case_must(c, engine_case_apply(c));
        if (after[i])
            configure_in(c, after[i], "{a: one}", "");
        else
            engine_case_config(c, "{}\n");
        bundle_fault = (BundleFault){.what = "stay"};
        assert_false(engine_case_plan(c));
        bundle_fault = (BundleFault){0};
        check_said(c, "fake_bundle.b: Directory stays");
        assert_int_equal(c->diags.count, 1);
        assert_int_equal(c->plan->changes.count, 0);
        engine_case_close(c);
    }
}

static void a_deletion_shows_all(void **) {
    EngineCase *c = open_with("{a: one, b: two}");
    engine_case_config(c, "locals: {none: 1}\n");
    engine_case_must(c, engine_case_plan(c));
    check_str(shown(c), "- a - b ");
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(contents(c, "out"), "");
    engine_case_close(c);
}

/* The files are unknown until the apply: they may be created, but not deleted. */
static void unknown_parts(void **) {
    EngineCase *c = open_with(NULL);
    static const char files[] = "'${fake_thing.t.id == \"t-1\" ? {a = \"one\"} : {b = \"two\"}}'";
    static const char thing[] = "  fake_thing: {t: {name: t, zone: %s}}\n";
    const char *more = str_to_cstr(str_format(c->arena, thing, "x"), c->arena);
    configure_in(c, "out", files, more);
    engine_case_must(c, engine_case_plan(c));
    check_str(shown(c), "and more ");
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(contents(c, "out"), "a=one ");
    /* With another id the apply would delete `a`, which the plan does not show. */
    configure_in(c, "out", files, str_to_cstr(str_format(c->arena, thing, "y"), c->arena));
    engine_case_must(c, engine_case_plan(c));
    check_str(shown(c), "and more ");
    assert_false(engine_case_apply_plan(c));
    check_said(c, "The action now planned for object \"a\" of fake_bundle.b is \"delete\"");
    check_str(contents(c, "out"), "a=one ");
    engine_case_close(c);
}

/* "a.content: rewritten" per note of the parts, "d.content: replaced" per path that replaces. */
static Str notes_of(const EngineCase *c) {
    StrBuf text = strbuf_new(c->arena);
    vec_each(&c->plan->changes, change) {
        vec_each(&change->parts, part) {
            vec_each(&part->notes, note)
                strbuf_add_format(&text, "%.*s%.*s: %.*s\n", STR_ARG(part->key),
                                  STR_ARG(path_to_str(note->path, c->arena)), STR_ARG(note->text));
            vec_each(&part->replace_paths, path)
                strbuf_add_format(&text, "%.*s%.*s: replaced\n", STR_ARG(part->key),
                                  STR_ARG(path_to_str(*path, c->arena)));
        }
    }
    return strbuf_str(&text);
}

/* The plan has the notes and the replacing paths of each part, in order. */
static void notes_are_kept(void **) {
    EngineCase *c = open_with("{a: one, b: two, d: fixed three, secret-d: three}");
    configure(c, "{a: other, d: fixed four, secret-d: four, e: five}");
    engine_case_must(c, engine_case_plan(c));
    check_str(notes_of(c), "a.content: rewritten\nd.content: replaced\n"
                           "secret-d.content: rewritten\nsecret-d: kept to itself\n");
    engine_case_close(c);
}

/* A provider that is not called knows no parts of the change; without a change there are none. */
static void parts_of_an_unconfigured_provider(void **) {
    static const char config[] =
        "provider: {fake: [{}, {alias: in, endpoint: "
        "'at-${fake_thing.t.revision}'}]}\n"
        "resource:\n"
        "  fake_thing: {t: {name: t, size: %d}}\n"
        "  fake_bundle:\n"
        "    b: {provider: fake.in, directory: %s/out, files: {a: %s}}\n"
        "    same: {provider: fake.in, directory: %s/same, files: {a: s}}\n";
    EngineCase *c = engine_case_open();
    engine_case_run(
        c,
        str_to_cstr(str_format(c->arena, config, 1, c->directory, "one", c->directory), c->arena));
    engine_case_config(
        c,
        str_to_cstr(str_format(c->arena, config, 2, c->directory, "two", c->directory), c->arena));
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "~ fake_bundle.b\n~ fake_thing.t\n");
    vec_each(&c->plan->changes, change) {
        assert_int_equal(change->parts.count, 0);
        assert_int_equal(change->has_unknown_parts, str_equal(change->address.name, STR("b")));
    }
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(contents(c, "out"), "a=two ");
    engine_case_close(c);
}

/* The parts of a deletion that such a provider makes are found by its call. */
static void deletion_by_an_unconfigured_provider(void **) {
    static const char config[] = "provider: {fake: [{}, {alias: in, endpoint: "
                                 "'at-${fake_thing.t.revision}'}]}\n"
                                 "resource:\n"
                                 "  fake_thing: {t: {name: t, size: %d}}\n%s";
    EngineCase *c = engine_case_open();
    Str bundle = str_format(c->arena,
                            "  fake_bundle: {b: {provider: fake.in, directory: %s/out, files: {a: "
                            "one, b: two}}}\n",
                            c->directory);
    engine_case_run(
        c, str_to_cstr(str_format(c->arena, config, 1, str_to_cstr(bundle, c->arena)), c->arena));
    engine_case_config(c, str_to_cstr(str_format(c->arena, config, 2, ""), c->arena));
    engine_case_must(c, engine_case_plan(c));
    check_str(shown(c), "and more ");
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(contents(c, "out"), "");
    engine_case_close(c);
}

static void a_saved_plan_is_binding(void **) {
    EngineCase *c = open_with("{a: one, b: two}");
    configure(c, "{a: other, b: two, d: three}");
    engine_case_must(c, engine_case_plan(c));
    Plan *planned = c->plan;
    Str text = plan_json_encode(planned, c->arena);
    const char *error;
    assert_true(plan_json_decode(text, &c->plan, &error, c->arena));
    check_str(shown(c), "~ a + d ");
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(contents(c, "out"), "a=other b=two d=three ");

    configure(c, "{a: again, b: two, d: three}");
    engine_case_must(c, engine_case_plan(c));
    vec_each(&c->plan->changes, change) {
        change->parts.count = 0; /* as if the plan showed no parts */
    }
    assert_false(engine_case_apply_plan(c));
    check_said(c, "Provider produced inconsistent final plan");
    check_str(contents(c, "out"), "a=other b=two d=three ");
    engine_case_close(c);
}

static void mistakes_of_a_provider(void **) {
    static const struct {
        const char *what, *said;
        bool is_planned;
    } rows[] = {
        {"again", "Object \"a\" of fake_bundle.b: its key occurs twice", true},
        {"no key", "Object \"\" of fake_bundle.b: it has no key", true},
        {"no before", "do not match its action", true},
        {"null before", "do not match its action", true},
        {"text before", "do not match its action", true},
        {"quiet", "was changed without a planned change", false},
        {"unplanned", "Object \"stranger\" of fake_bundle.b was changed without", false},
        {"otherwise", "was not changed as planned", false},
        {"twice", "was started twice", false},
        {"end first", "was ended without a start", false},
        {"no end", "was started and not ended", false},
        {"never", "has a planned change, but was not changed", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = open_with("{a: one, b: two}");
        bundle_fault = (BundleFault){.key = "a", .what = rows[i].what};
        configure(c, "{a: other, b: two}");
        bool is_planned = engine_case_plan(c);
        assert_int_equal(is_planned, !rows[i].is_planned);
        if (is_planned)
            assert_false(engine_case_apply_plan(c));
        else
            assert_int_equal(c->plan->changes.count, 0);
        check_said(c, rows[i].said);
        bundle_fault = (BundleFault){0};
        engine_case_must(c, engine_case_apply(c));
        engine_case_must(c, engine_case_plan(c));
        check_str(shown(c), "");
        check_str(contents(c, "out"), "a=other b=two ");
        engine_case_close(c);
    }
}

/* A mistake in the second plan, that of the apply, ends the change before its call. */
static void mistakes_in_the_final_plan(void **) {
    static const struct {
        const char *what, *said;
    } rows[] = {
        {"again", "Object \"a\" of fake_bundle.b: its key occurs twice"},
        {"no key", "Object \"\" of fake_bundle.b: it has no key"},
        {"no before", "do not match its action"},
        {"null before", "do not match its action"},
        {"text before", "do not match its action"},
        {"idle but parts", "Provider produced inconsistent final plan"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = open_with("{a: one, b: two}");
        configure(c, "{a: other, b: two}");
        engine_case_must(c, engine_case_plan(c));
        bundle_fault = (BundleFault){.key = "a", .what = rows[i].what};
        assert_false(engine_case_apply_plan(c));
        bundle_fault = (BundleFault){0};
        check_said(c, rows[i].said);
        assert_int_equal(c->diags.error_count, 1);
        check_str(contents(c, "out"), "a=one b=two ");
        engine_case_close(c);
    }
}

/* Without a change of the object, neither a known nor an unknown part may change. */
static void an_unchanged_object_has_no_changed_part(void **) {
    static const struct {
        const char *what, *files, *said; /* NULL: no error */
    } rows[] = {
        {"idle", "{a: other, b: two}", NULL},
        {"idle but parts", "{a: one, b: two}", NULL},
        {"idle but parts", "{a: other, b: two}", "Object \"a\" of fake_bundle.b"},
        {"idle but parts", "{a: one, b: two, d: three}", "Object \"d\" of fake_bundle.b"},
        {"idle but parts", "{b: two}", "Object \"a\" of fake_bundle.b"},
        {"idle but parts", "{a: other, b: other}", "Object \"a\" of fake_bundle.b"},
        {"idle but parts", "{a: other, b: other, d: three}", "Object \"a\" of fake_bundle.b"},
        {"idle and more", "{a: other, b: two}", "Object \"\" of fake_bundle.b"},
        {"idle and more", "{a: one, b: two}", "Object \"\" of fake_bundle.b"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = open_with("{a: one, b: two}");
        bundle_fault = (BundleFault){.key = "a", .what = rows[i].what};
        configure(c, rows[i].files);
        bool ok = engine_case_plan(c);
        bundle_fault = (BundleFault){0};
        if (ok != !rows[i].said)
            fail_msg("row %zu: %.*s", i, STR_ARG(engine_case_said(c)));
        if (rows[i].said) {
            check_said(c, rows[i].said);
            check_said(c, "it has a planned change, but its resource has none");
        } else {
            check_changes(c, "");
        }
        engine_case_close(c);
    }
}

static void secrets_are_hidden(void **) {
    EngineCase *c = open_with(NULL);
    engine_case_config(
        c, str_to_cstr(str_format(c->arena,
                                  "variable: {s: {default: hunter-22, sensitive: true}}\n"
                                  "resource:\n"
                                  "  fake_bundle:\n"
                                  "    b:\n"
                                  "      directory: %s/out\n"
                                  "      files: '${{a = \"the ${var.s}\", secret-b = \"two\", "
                                  "\"for hunter-22\" = \"three\"}}'\n",
                                  c->directory),
                       c->arena));
    InputValue given = {.value = value_from_cstr("hunter-22")};
    map_set(&c->variables, STR("s"), &given);
    engine_case_must(c, engine_case_plan(c));
    assert_int_equal(c->plan->changes.count, 1);
    const ResourceChange *change = &c->plan->changes.items[0];
    const PartChange *part = plan_find_part(change, STR("a"));
    assert_true(value_is_secret(value_attribute(part->after, STR("content"))));
    part = plan_find_part(change, STR("secret-b"));
    assert_true(value_is_secret(value_attribute(part->after, STR("content"))));
    assert_false(value_is_secret(value_attribute(part->after, STR("size"))));
    check_str(shown(c), "+ a + for (sensitive value) + secret-b ");
    engine_case_must(c, engine_case_apply_plan(c));
    engine_case_close(c);
}

/* Titles and notes hide the secrets of the provider configuration too. */
static void secrets_of_a_provider_are_hidden(void **) {
    EngineCase *c = open_with(NULL);
    static const char provider[] =
        "variable: {s: {default: x, sensitive: true}}\n"
        "provider: {fake: {endpoint: '${var.s == \"x\" ? \"hunter-44\" : \"none\"}'}}\n";
    configure(c, str_to_cstr(
                     str_format(c->arena, "{for hunter-44: one, b: with hunter-44}\n%s", provider),
                     c->arena));
    engine_case_must(c, engine_case_plan(c));
    check_str(shown(c), "+ b + for (sensitive value) ");
    const PartChange *part = plan_find_part(&c->plan->changes.items[0], STR("b"));
    assert_true(value_is_secret(value_attribute(part->after, STR("content"))));
    engine_case_close(c);
}

/* A value that the predecessor hides is hidden in its successor too. */
static void secrets_of_a_predecessor(void **) {
    EngineCase *c = open_with(NULL);
    configure_in(c, "one", "{secret-b: hunter-33}", "");
    engine_case_must(c, engine_case_apply(c));
    configure_in(c, "two", "{a: with hunter-33}", "");
    engine_case_must(c, engine_case_plan(c));
    const PartChange *part = plan_find_part(&c->plan->changes.items[0], STR("a"));
    assert_true(value_is_secret(value_attribute(part->after, STR("content"))));
    engine_case_close(c);
}

static Str stored_path(const EngineCase *c) {
    return disk_join(str_from_cstr(c->directory), STR("stored"), c->arena);
}

/* A state file that outlives the process. */
static bool write_stored(Backend *backend, Str bytes, Diags *) {
    EngineCase *c = backend->self;
    c->stored = str_clone(bytes, c->arena);
    return disk_real.write_file(NULL, stored_path(c), bytes, 0600) == 0;
}

/* Loads the stored state and then the journal, as the next process would. */
static void die(EngineCase *c, const char *key, const char *what) {
    Str text;
    c->backend.write = write_stored;
    bundle_fault = (BundleFault){.key = key, .what = what};
    engine_death_within(c, "");
    bundle_fault = (BundleFault){0};
    if (disk_real.read_file(NULL, stored_path(c), &text, c->arena) == 0) {
        c->stored = text;
        engine_case_must(c, statefile_decode(STR("stored"), text, &c->state, c->arena, &c->diags));
    }
    c->journal = NULL;
    assert_true(engine_death_replay(c));
}

/* Whether the state has the part as ended, of a call in doubt. */
static bool has_ended(EngineCase *c, const char *key) {
    AddressTarget bundle = engine_case_address(c, "fake_bundle.b");
    const StateInstance *instance = state_find_instance(c->state, bundle.resource);
    assert_non_null(instance);
    assert_non_null(instance->pending);
    vec_each(&instance->pending->parts, part) {
        if (str_equal(part->key, str_from_cstr(key)))
            return part->has_ended;
    }
    return false;
}

/* Runs the plan with a new journal to the end; the changes must be those that the plan shows. */
static void go_on(EngineCase *c, const char *wanted) {
    SeenFiles before = look(c, "out");
    engine_case_must(c, engine_case_plan(c));
    Str planned = shown(c);
    open_journal(c, engine_death_journal(c));
    engine_case_must(c, engine_case_apply_plan(c));
    close_journal(c);
    SeenFiles after = look(c, "out");
    check_str_equal(planned, differences(c, &before, &after));
    check_str(contents(c, "out"), wanted);
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
}

typedef struct Death {
    const char *before, *after; /* NULL: no bundle */
    const char *key, *what;
    const char *rest; /* parts that the next plan shows */
    const char *wanted;
} Death;

static void deaths_between_parts(void **) {
    static const char made[] = "{a: one, b: two, d: fixed three}";
    static const char changed[] = "{b: other, d: fixed four, e: five}";
    static const char all[] = "a=one b=two d=fixed three ", then[] = "b=other d=fixed four e=five ";
    static const Death deaths[] = {
        {NULL, made, "a", "die begun", "+ a + b + d ", all},
        {NULL, made, "a", "die changed", "+ b + d ", all},
        {NULL, made, "a", "die ended", "+ b + d ", all},
        {NULL, made, "b", "die begun", "+ b + d ", all},
        {NULL, made, "b", "die ended", "+ d ", all},
        {NULL, made, "d", "die changed", "", all},
        {made, changed, "a", "die begun", "- a ~ b -/+ d + e ", then},
        {made, changed, "a", "die changed", "~ b -/+ d + e ", then},
        {made, changed, "b", "die begun", "~ b -/+ d + e ", then},
        {made, changed, "b", "die changed", "-/+ d + e ", then},
        {made, changed, "d", "die begun", "-/+ d + e ", then},
        {made, changed, "d", "die changed", "+ e ", then},
        {made, changed, "d", "die ended", "+ e ", then},
        {made, changed, "e", "die changed", "", then},
        {made, NULL, "a", "die begun", "- a - b - d ", ""},
        {made, NULL, "a", "die changed", "- b - d ", ""},
        {made, NULL, "b", "die ended", "- d ", ""},
        {made, NULL, "d", "die ended", "", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(deaths); i++) {
        const Death *death = &deaths[i];
        EngineCase *c = open_with(death->before);
        if (death->after)
            configure(c, death->after);
        else
            engine_case_config(c, "locals: {none: 1}\n");
        die(c, death->key, death->what);
        assert_int_equal(has_ended(c, death->key), strcmp(death->what, "die ended") == 0);
        SeenFiles left = look(c, "out");
        engine_case_must(c, engine_case_plan(c));
        check_str(shown(c), death->rest);
        go_on(c, death->wanted);
        /* Objects that the dead run created are not created again. */
        SeenFiles last = look(c, "out");
        vec_each(&left, file) {
            const SeenFile *same = find_file(&last, file->key);
            bool may_differ =
                str_find(str_from_cstr(death->rest),
                         str_format(c->arena, "-/+ %.*s", STR_ARG(file->key)), 0) != SIZE_MAX;
            assert_true(!same || may_differ || str_equal(same->place, file->place));
        }
        engine_case_close(c);
    }
}

/* After such a death, more parts are in doubt. */
static void deaths_between_recorded_parts(void **state) {
    bundle_records_parts = true;
    deaths_between_parts(state);
    bundle_records_parts = false;
}

static uint64_t syncs_of_apply(bool is_recorded) {
    EngineCase *c = open_with(NULL);
    configure(c, "{a: one, b: two, d: three, e: four}");
    engine_case_must(c, engine_case_plan(c));
    open_journal(c, engine_death_journal(c));
    bundle_records_parts = is_recorded;
    engine_case_must(c, engine_case_apply_plan(c));
    bundle_records_parts = false;
    uint64_t count = journal_sync_count(c->journal);
    close_journal(c);
    check_str(contents(c, "out"), "a=one b=two d=three e=four ");
    engine_case_close(c);
    return count;
}

static void recorded_parts_share_a_sync(void **) {
    assert_int_equal(syncs_of_apply(true), syncs_of_apply(false) - 3);
}

/* The second process dies too, in the parts that the first one left. */
static void two_deaths(void **) {
    EngineCase *c = open_with(NULL);
    configure(c, "{a: one, b: two, d: three, e: four}");
    die(c, "a", "die changed");
    die(c, "b", "die changed");
    die(c, "d", "die begun");
    engine_case_must(c, engine_case_plan(c));
    check_str(shown(c), "+ d + e ");
    go_on(c, "a=one b=two d=three e=four ");
    engine_case_close(c);
}

/* A provider that is not configured yet cannot say what an interrupted call left. */
static void doubt_waits_for_the_provider(void **) {
    static const char text[] = "provider: {fake: [{}, {alias: in, endpoint: "
                               "'at-${fake_thing.t.revision}'}]}\n"
                               "resource:\n"
                               "  fake_thing: {t: {name: t, size: %d}}\n"
                               "  fake_bundle: {b: {provider: fake.in, directory: %s/out, files: "
                               "%s}}\n";
    static const struct {
        const char *made;
        PlanMode mode; /* of the run that dies */
    } rows[] = {
        {"{}", PLAN_NORMAL}, {"{a: one, b: two}", PLAN_NORMAL}, {"{a: one, b: two}", PLAN_DESTROY}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = open_with(NULL);
        const char *after = str_to_cstr(
            str_format(c->arena, text, 1, c->directory, "{a: other, d: three}"), c->arena);
        Str before = str_format(c->arena, text, 1, c->directory, rows[i].made);
        engine_case_run(c, str_to_cstr(before, c->arena));
        engine_case_config(c, after);
        engine_case_options(c, rows[i].mode);
        die(c, "a", "die changed");
        engine_case_options(c, PLAN_NORMAL);
        Str waiting = str_format(c->arena, text, 2, c->directory, "{a: other, d: three}");
        engine_case_config(c, str_to_cstr(waiting, c->arena));
        engine_case_must(c, engine_case_plan(c));
        Str left = engine_case_objects(c, c->refreshed);
        assert_true(str_find(left, STR("fake_bundle.b pending\n"), 0) != SIZE_MAX);
        engine_case_config(c, after);
        engine_case_must(c, engine_case_plan(c));
        left = engine_case_objects(c, c->refreshed);
        assert_true(str_find(left, STR("pending"), 0) == SIZE_MAX);
        engine_case_close(c);
    }
}

/* The parts of a deposed object are in doubt; those of its successor are not. */
static void a_death_in_a_predecessor(void **) {
    static const char order[] = "      lifecycle: {create_before_destroy: true}\n";
    EngineCase *c = open_with(NULL);
    configure_in(c, "one", "{a: one, b: two}", order);
    engine_case_must(c, engine_case_apply(c));
    configure_in(c, "two", "{d: three}", order);
    die(c, "a", "die changed");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "- fake_bundle.b (deposed)\n");
    check_str(shown(c), "- b ");
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(contents(c, "one"), "");
    check_str(contents(c, "two"), "d=three ");
    engine_case_close(c);
}

/* A part fails, and the process goes on. */
static void failures_between_parts(void **) {
    static const char *const ways[] = {"refuse", "lost"};
    for (size_t i = 0; i < ARRAY_COUNT(ways); i++) {
        EngineCase *c = open_with("{a: one, b: two, d: three}");
        configure(c, "{b: other, d: changed, e: four}");
        engine_case_must(c, engine_case_plan(c));
        open_journal(c, engine_death_journal(c));
        bundle_fault = (BundleFault){.key = "d", .what = ways[i]};
        assert_false(engine_case_apply_plan(c));
        bundle_fault = (BundleFault){0};
        close_journal(c);
        check_said(c, "\"d\" is refused");
        check_str(contents(c, "out"), "b=other d=three ");
        (void)engine_death_replay(c);
        engine_case_must(c, engine_case_plan(c));
        check_str(shown(c), "~ d + e ");
        go_on(c, "b=other d=changed e=four ");
        engine_case_close(c);
    }
}

/* Parts that a failed creation made are kept, and are not created again. */
static void a_partial_creation_is_continued(void **) {
    EngineCase *c = open_with(NULL);
    configure(c, "{a: one, b: two, d: three}");
    bundle_fault = (BundleFault){.key = "b", .what = "refuse"};
    assert_false(engine_case_apply(c));
    bundle_fault = (BundleFault){0};
    check_str(contents(c, "out"), "a=one ");
    Str kept = look(c, "out").items[0].place;
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "~ fake_bundle.b\n");
    check_str(shown(c), "+ b + d ");
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(contents(c, "out"), "a=one b=two d=three ");
    check_str_equal(look(c, "out").items[0].place, kept);
    engine_case_close(c);
}

/* A failed call without a state is in doubt only if it has begun a part. */
static void doubt_begins_with_a_part(void **) {
    static const struct {
        const char *directory, *key;
        bool is_pending;
    } rows[] = {{"out", "a", true}, {"out", "b", true}, {"file/out", NULL, false}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = open_with(NULL);
        engine_case_write(c, "file", "not a directory");
        configure_in(c, rows[i].directory, "{a: one, b: two}", "");
        engine_case_must(c, engine_case_plan(c));
        open_journal(c, engine_death_journal(c));
        bundle_fault = (BundleFault){.key = rows[i].key, .what = "lost"};
        assert_false(engine_case_apply_plan(c));
        bundle_fault = (BundleFault){0};
        close_journal(c);
        (void)engine_death_replay(c);
        check_objects(c, rows[i].is_pending ? "fake_bundle.b pending\n" : "");
        engine_case_close(c);
    }
}

static uint32_t appends_left;
static bool (*real_append)(JournalStore *store, Str lines, Str *problem, Arena *arena);

static bool append_some(JournalStore *store, Str lines, Str *problem, Arena *arena) {
    if (appends_left > 0) {
        appends_left--;
        return real_append(store, lines, problem, arena);
    }
    *problem = STR("no space left");
    return false;
}

/* Opens a journal that has space for the intent of a call. */
static void open_short_journal(EngineCase *c) {
    JournalStore *store = engine_death_journal(c);
    real_append = store->append;
    store->append = append_some;
    appends_left = 100;
    open_journal(c, store);
    appends_left = 1;
}

/* After a failure of the journal no part begins, and each one has an error. */
static void no_part_without_a_journal(void **) {
    EngineCase *c = open_with("{a: one, b: two}");
    configure(c, "{a: other, b: other, d: other}");
    engine_case_must(c, engine_case_plan(c));
    open_short_journal(c);
    bundle_fault = (BundleFault){.key = "a", .what = "go on"};
    assert_false(engine_case_apply_plan(c));
    bundle_fault = (BundleFault){0};
    close_journal(c);
    check_said(c, "no space left");
    check_said(c, "fake_bundle.b: Change not recorded: The journal can no longer record object "
                  "\"b\" of fake_bundle.b, so no further operation is started.");
    assert_true(str_find(engine_case_said(c), STR("record object \"a\""), 0) == SIZE_MAX);
    check_str(contents(c, "out"), "a=one b=two ");
    engine_case_close(c);
}

/* Parts that are recorded together fail together, with one error. */
static void no_recorded_parts_without_a_journal(void **) {
    EngineCase *c = open_with("{a: one, b: two}");
    configure(c, "{a: other, b: other, d: other}");
    engine_case_must(c, engine_case_plan(c));
    open_short_journal(c);
    bundle_records_parts = true;
    assert_false(engine_case_apply_plan(c));
    bundle_records_parts = false;
    close_journal(c);
    check_said(c, "no space left");
    assert_int_equal(c->diags.count, 1);
    check_str(contents(c, "out"), "a=one b=two ");
    engine_case_close(c);
}

static void hear_end(void *self, const WalkEvent *event) {
    if (event->kind == EVENT_APPLY_END)
        strbuf_add_format(self, "%.*s%s\n", STR_ARG(event->address),
                          event->failed ? " failed" : "");
}

/* A creation whose outcome cannot be recorded has failed: its actions and dependents wait. */
static void no_success_without_a_journal(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    StrBuf heard = strbuf_new(c->arena);
    Hooks hooks = {&heard, hear_end};
    engine_case_config(c, "resource:\n"
                          "  fake_thing:\n"
                          "    a: {name: a, lifecycle: {action_trigger: {events: [after_create], "
                          "actions: [action.fake_note.n]}}}\n"
                          "    b: {name: b, depends_on: [fake_thing.a]}\n"
                          "action: {fake_note: {n: {config: {text: x}}}}\n");
    engine_case_must(c, engine_case_plan(c));
    open_short_journal(c);
    c->hooks = &hooks;
    assert_false(engine_case_apply_plan(c));
    close_journal(c);
    check_said(c, "no space left");
    check_diary(c, "create a\n");
    check_str(strbuf_str(&heard), "fake_thing.a failed\n");
    engine_case_close(c);
}

/* If the journal ends before the call, the predecessor is the current object again. */
static void no_deposition_without_a_journal(void **) {
    static const char config[] = "resource: {fake_thing: {a: {name: a, zone: %s, lifecycle: "
                                 "{create_before_destroy: true}}}}\n";
    size_t failures = 0;
    for (uint32_t space = 0; space < 3; space++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, str_to_cstr(str_format(c->arena, config, "x"), c->arena));
        engine_case_config(c, str_to_cstr(str_format(c->arena, config, "y"), c->arena));
        engine_case_must(c, engine_case_plan(c));
        open_short_journal(c);
        appends_left = space;
        assert_false(engine_case_apply_plan(c));
        close_journal(c);
        if (str_find(engine_case_diary(c), STR("create"), 0) == SIZE_MAX) {
            check_objects(c, "fake_thing.a a-1\n");
            failures++;
        }
        engine_case_close(c);
    }
    assert_true(failures > 1); /* the deposition, and the intent after it */
}

typedef struct Heard {
    Arena *arena;
    StrBuf text;
} Heard;

static void hear(void *self, const WalkEvent *event) {
    Heard *heard = self;
    if (event->kind == EVENT_APPLY_PROGRESS)
        strbuf_add_format(&heard->text, "%.*s %.*s %d/%d\n", STR_ARG(event->address),
                          STR_ARG(event->text), (int)event->done, (int)event->total);
}

static void progress_names_the_part(void **) {
    EngineCase *c = open_with(NULL);
    Heard heard = {c->arena, strbuf_new(c->arena)};
    Hooks hooks = {&heard, hear};
    c->hooks = &hooks;
    configure(c, "{a: one, b: two}");
    engine_case_must(c, engine_case_apply(c));
    check_str(strbuf_str(&heard.text), "fake_bundle.b a 0/2\nfake_bundle.b b 1/2\n");
    engine_case_close(c);
}

UNIT_MAIN(test_change_parts) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shown_parts_are_changed),
        cmocka_unit_test(drift_is_a_part),
        cmocka_unit_test(a_replacement_shows_both),
        cmocka_unit_test(a_rejected_deletion_has_no_change),
        cmocka_unit_test(a_deletion_shows_all),
        cmocka_unit_test(unknown_parts),
        cmocka_unit_test(a_saved_plan_is_binding),
        cmocka_unit_test(mistakes_of_a_provider),
        cmocka_unit_test(mistakes_in_the_final_plan),
        cmocka_unit_test(an_unchanged_object_has_no_changed_part),
        cmocka_unit_test(secrets_are_hidden),
        cmocka_unit_test(secrets_of_a_provider_are_hidden),
        cmocka_unit_test(secrets_of_a_predecessor),
        cmocka_unit_test(deaths_between_parts),
        cmocka_unit_test(deaths_between_recorded_parts),
        cmocka_unit_test(recorded_parts_share_a_sync),
        cmocka_unit_test(two_deaths),
        cmocka_unit_test(doubt_waits_for_the_provider),
        cmocka_unit_test(a_death_in_a_predecessor),
        cmocka_unit_test(failures_between_parts),
        cmocka_unit_test(a_partial_creation_is_continued),
        cmocka_unit_test(notes_are_kept),
        cmocka_unit_test(parts_of_an_unconfigured_provider),
        cmocka_unit_test(deletion_by_an_unconfigured_provider),
        cmocka_unit_test(doubt_begins_with_a_part),
        cmocka_unit_test(no_part_without_a_journal),
        cmocka_unit_test(no_recorded_parts_without_a_journal),
        cmocka_unit_test(no_success_without_a_journal),
        cmocka_unit_test(no_deposition_without_a_journal),
        cmocka_unit_test(progress_names_the_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
