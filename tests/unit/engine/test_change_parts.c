/* The objects behind an instance: the apply changes exactly the parts that the plan shows. */
#include "input.h"
#include "parts_case.h"
#include "plan_json.h"

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
        cmocka_unit_test(notes_are_kept),
        cmocka_unit_test(parts_of_an_unconfigured_provider),
        cmocka_unit_test(deletion_by_an_unconfigured_provider),
        cmocka_unit_test(progress_names_the_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
