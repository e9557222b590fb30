/* The view for people. */
#include "config_read.h"
#include "render_peer.h"
#include "state_object.h"
#include "view_diag.h"
#include "view_outputs.h"
#include "view_test.h"

static void human_note(View *, Str text) {
    terminal_print("%.*s\n", STR_ARG(text));
}

static void human_step(View *view, const char *, Str text, bool for_people) {
    if (for_people || cli_name(view->cli)->peer)
        human_note(view, text);
}

static void human_show_plan(View *view, const Plan *plan) {
    bool is_partial = plan->errored;
    view->planned = plan;
    if (is_partial && !cli_name(view->cli)->peer && plan->changes.count == 0)
        return;
    SCOPED(ArenaRef) scratch = arena_open("plan text");
    if (is_partial && !cli_name(view->cli)->peer)
        terminal_out(STR("\n"
                         "Planning failed. loam encountered an error while making this plan:\n"));
    render_text_plan_in_pieces(plan, terminal_style(&view->cli->terminal), terminal_out, scratch);
}

static void human_saved_plan(View *view, const Plan *plan) {
    view->planned = plan;
}

static void peer_plan_hint(const Cli *cli, Str path, Str generated) {
    const RenderPeer *peer = cli_name(cli)->peer;
    if (cli->in_automation)
        return;
    SCOPED(ArenaRef) scratch = arena_open("hint");
    StrBuf out = strbuf_new(scratch);
    RenderPen pen = {.out = &out, .scratch = scratch, .style = terminal_style(&cli->terminal)};
    render_peer_rule(&pen);
    if (generated.len > 0) {
        render_pen_text(&pen, "\n");
        render_peer_wrapped(&pen,
                            "%s has generated configuration and written it to %.*s. Please review "
                            "the configuration and edit it as necessary before adding it to "
                            "version control.\n",
                            peer->title, STR_ARG(generated));
    }
    render_pen_text(&pen, "\n");
    if (path.ptr)
        render_pen_format(&pen,
                          "Saved the plan to: %.*s\n\nTo perform exactly these actions, run the "
                          "following command to apply:\n    %s apply \"%.*s\"\n",
                          STR_ARG(path), peer->command, STR_ARG(path));
    else
        render_peer_wrapped(&pen,
                            "Note: You didn't use the -out option to save this plan, so %s can't "
                            "guarantee to take exactly these actions if you run \"%s apply\" "
                            "now.\n",
                            peer->title, peer->command);
    terminal_out(strbuf_str(&out));
}

/* Programs in automation need the digest, too. */
static void show_stored_plan(const Cli *cli, Str path, Str digest) {
    terminal_print("\nSaved the plan to: %.*s\nDigest: %.*s\n", STR_ARG(path), STR_ARG(digest));
    if (!cli->in_automation)
        terminal_print("\nTo perform exactly these actions, run:\n"
                       "    loam apply -expect=%.*s %.*s\n",
                       STR_ARG(digest), STR_ARG(path));
}

static void human_plan_hint(View *view, Str path, Str digest, Str generated) {
    if (cli_name(view->cli)->peer) {
        peer_plan_hint(view->cli, path, generated);
        return;
    }
    if (generated.len > 0)
        human_note(view, view_generated(view, generated, view->cli->arena));
    if (digest.len > 0)
        show_stored_plan(view->cli, path, digest);
    bool is_preview = view->planned && view->planned->unknown_variables.count > 0;
    if (digest.len > 0 || view->cli->in_automation || is_preview)
        return;
    if (path.ptr) {
        terminal_print("\nSaved the plan to: %.*s\n\nTo perform exactly these actions, run:\n"
                       "    loam apply \"%.*s\"\n",
                       STR_ARG(path), STR_ARG(path));
        return;
    }
    terminal_print("\nNote: You did not use the -out option to save this plan, so loam can't "
                   "guarantee to take\nexactly these actions if you run \"loam apply\" now.\n");
}

/* The peers name the file of -state-out. */
static void report_state_out(const View *view, Arena *scratch) {
    const Cli *cli = view->cli;
    const RenderPeer *peer = cli_name(cli)->peer;
    if (!peer || view->state_out.len == 0 || view->done.create + view->done.update == 0)
        return;
    StrBuf out = strbuf_new(scratch);
    RenderPen pen = {.out = &out, .scratch = scratch, .style = terminal_style(&cli->terminal)};
    render_pen_text(&pen, "\n");
    render_peer_wrapped(&pen,
                        "The state of your infrastructure has been saved to the path below. This "
                        "state is required to modify and destroy your infrastructure, so keep it "
                        "safe. To inspect the complete state use the `%s show` command.\n",
                        peer->command);
    render_pen_format(&pen, "\nState path: %.*s\n", STR_ARG(view->state_out));
    terminal_out(strbuf_str(&out));
}

static void human_applied(View *view, const State *state) {
    PlanCounts counts = view->done;
    const char *green = view->cli->terminal.color ? "\033[1;32m" : "";
    const char *reset = view->cli->terminal.color ? "\033[0m" : "";
    SCOPED(ArenaRef) scratch = arena_open("summary");
    if (view->is_destroy) {
        terminal_print("\n%sDestroy complete! Resources: %u destroyed%.*s.%s\n", green,
                       counts.delete, STR_ARG(view_invoked(counts, scratch)), reset);
        return;
    }
    if (!view->is_refresh)
        terminal_print("\n%sApply complete! Resources: %.*s.%s\n", green,
                       STR_ARG(view_summary(view, scratch)), reset);
    report_state_out(view, scratch);
    if (state->outputs.count == 0)
        return;
    terminal_print("\n%sOutputs:%s\n\n", green, reset);
    view_outputs_show(view->cli, state);
}

static void human_cancelled(View *, PlanMode mode) {
    terminal_print("%s cancelled.\n", mode == PLAN_DESTROY ? "Destroy" : "Apply");
}

/* Returns "needs the language of Terraform 1.15 (\"type\" in an output block, main.tf, line 3)". */
static Str human_newer_to_str(const NewerConstruct *newer, Arena *arena) {
    Str place = config_read_place(newer->range, arena);
    Str others =
        newer->count > 1 ? str_format(arena, ", and %u more", newer->count - 1) : STR_EMPTY;
    return str_format(arena, "needs the language of %s (%s: %.*s%.*s)", newer->since,
                      newer->construct, STR_ARG(place), STR_ARG(others));
}

static void human_list_programs(const ProgramStarts *programs) {
    SCOPED(ArenaRef) scratch = arena_open("programs");
    if (!programs)
        return;
    if (programs->count == 0)
        terminal_print("\nThe configuration names no program that loam starts.\n");
    else
        terminal_print("\nloam starts programs by these arguments:\n\n");
    vec_each(programs, start) {
        terminal_print("  %.*s: %.*s (%.*s)", STR_ARG(start->address), STR_ARG(start->argument),
                       STR_ARG(config_read_place(start->range, scratch)));
        terminal_print(start->source.len ? ", fetched from %.*s\n" : "%.*s\n",
                       STR_ARG(start->source));
    }
}

static void human_report_valid(const View *view, const ConfigNewer *newer) {
    bool color = view->cli->terminal.color;
    terminal_print("%sSuccess!%s The configuration is valid.\n", color ? "\033[32m" : "",
                   color ? "\033[0m" : "");
    if (cli_name(view->cli)->peer && !cli_name(view->cli)->is_tofu)
        terminal_print("\n");
    vec_each(newer, construct) {
        terminal_print("Note: the configuration %.*s.\n",
                       STR_ARG(human_newer_to_str(construct, view->cli->arena)));
    }
}

static void human_valid(View *view, const ValidReport *report) {
    if (report->newer)
        human_report_valid(view, report->newer);
    human_list_programs(report->programs);
}

static void report_empty(const View *view, const StrVec *empty, Arena *scratch) {
    bool color = view->cli->terminal.color;
    Str names = str_join(empty->items, empty->count, STR(", "), scratch);
    terminal_print("%sWarning:%s list block(s) [%.*s] returned 0 results.%s\n\n",
                   color ? "\033[1m\033[33m" : "", color ? "\033[0m\033[1m" : "", STR_ARG(names),
                   color ? "\033[0m" : "");
}

/* The sum follows only on a terminal: programs may read the rows. */
static void human_searched(View *view, const Listings *listings) {
    SCOPED(ArenaRef) scratch = arena_open("listings");
    StrVec empty = {0};
    size_t count = 0;
    vec_each(listings, listing) {
        count += (*listing)->entries.count;
        if ((*listing)->entries.count == 0)
            vec_push(scratch, &empty, resource_addr_to_str((*listing)->address, scratch));
    }
    if (empty.count > 0)
        report_empty(view, &empty, scratch);
    if (view->cli->terminal.out_is_tty && !cli_name(view->cli)->is_other)
        terminal_print("Found %zu object%s in %zu list%s.\n", count, count == 1 ? "" : "s",
                       listings->count, listings->count == 1 ? "" : "s");
}

static void show_diag(View *view, const Diag *diag) {
    view_diag_show_one(view->cli, diag);
}

static void human_finish(View *, const Diags *) {
}

typedef struct TestText {
    SuiteEvents events;
    View *view;
    bool verbose;
} TestText;

static const char *color_of(const TestText *text, SuiteStatus status) {
    if (!text->view->cli->terminal.color)
        return "";
    switch (status) {
    case SUITE_PASS: return "\033[32m";
    case SUITE_FAIL:
    case SUITE_ERROR: return "\033[31m";
    case SUITE_SKIP:
    case SUITE_PENDING: break;
    }
    return "\033[90m";
}

static const char *plain(const TestText *text) {
    return text->view->cli->terminal.color ? "\033[0m" : "";
}

static void human_on_begin(void *, const Suite *) {
}

static void on_run_complete(const TestText *text, const SuiteRun *run);

/* OpenTofu shows a file when it has ended, above its runs. */
static bool shows_whole_files(const TestText *text) {
    return cli_name(text->view->cli)->is_tofu;
}

static void human_on_file(void *self, const SuiteFile *file, SuiteProgress progress) {
    const TestText *text = self;
    Str path = file->config->path;
    if (progress != SUITE_COMPLETE && shows_whole_files(text))
        return;
    switch (progress) {
    case SUITE_STARTING: terminal_print("%.*s... in progress\n", STR_ARG(path)); return;
    case SUITE_TEARDOWN: terminal_print("%.*s... tearing down\n", STR_ARG(path)); return;
    case SUITE_COMPLETE: break;
    }
    terminal_print("%.*s... %s%s%s\n", STR_ARG(path), color_of(text, file->status),
                   view_test_word(file->status), plain(text));
    view_show_groups(text->view, &file->diags);
    vec_each(&file->runs, run) {
        if (shows_whole_files(text))
            on_run_complete(text, run);
    }
}

static void human_show_object(const SuiteRun *run, const StateResource *resource,
                              const StateInstance *instance, RenderStyle style, StrBuf *out,
                              Arena *scratch) {
    ResourceAddr address = resource->address;
    const Schema *schema = engine_find_schema(run->engine, address.mode,
                                              resource->provider_config.provider, address.type);
    Diags ignored = diags_new(scratch);
    Value value;
    address.key = instance->key;
    if (!instance->current || !schema ||
        !state_object_decode(instance->current, schema, &value, scratch, &ignored))
        return;
    Str note = instance->current->status == OBJECT_TAINTED ? STR("(tainted)") : STR_EMPTY;
    if (!render_style_is_opentofu(style) || out->len > 0)
        strbuf_add_char(out, '\n');
    render_text_object(&(RenderObject){address, note, value, schema}, style, out, scratch);
}

static void human_show_state(const TestText *text, const SuiteRun *run) {
    SCOPED(ArenaRef) scratch = arena_open("state");
    StrBuf out = strbuf_new(scratch);
    StateResources resources = {0};
    RenderStyle style = terminal_style(&text->view->cli->terminal);
    style.secrets = state_secrets(run->engine, run->state, scratch);
    state_sorted_resources(run->state, &resources, scratch);
    vec_each(&resources, resource) {
        vec_each(&(*resource)->instances, instance) {
            human_show_object(run, *resource, instance, style, &out, scratch);
        }
    }
    terminal_out(strbuf_str(&out));
    bool is_opentofu = render_style_is_opentofu(style);
    if (run->state->outputs.count > 0) {
        terminal_print(is_opentofu ? "\n\nOutputs:\n\n" : "\nOutputs:\n\n");
        view_outputs_show(text->view->cli, run->state);
    }
    if (!is_opentofu)
        terminal_print("\n");
}

static void show_test_plan(const TestText *text, const SuiteRun *run) {
    SCOPED(ArenaRef) scratch = arena_open("plan");
    StrBuf out = strbuf_new(scratch);
    render_text_plan(run->plan, terminal_style(&text->view->cli->terminal), &out, scratch);
    if (!shows_whole_files(text))
        strbuf_add_char(&out, '\n');
    terminal_out(strbuf_str(&out));
}

static void show_result(const TestText *text, const SuiteRun *run) {
    if (!run->config->is_plan && run->state)
        human_show_state(text, run);
    else if (run->config->is_plan && run->plan)
        show_test_plan(text, run);
}

static void on_run_complete(const TestText *text, const SuiteRun *run) {
    terminal_print("  run \"%.*s\"... %s%s%s\n", STR_ARG(run->config->name),
                   color_of(text, run->status), view_test_word(run->status), plain(text));
    if (text->verbose)
        show_result(text, run);
    view_show_groups(text->view, &run->diags);
    bool is_terraform = cli_name(text->view->cli)->peer && !shows_whole_files(text);
    if (run->diags.count > run->diags.error_count && is_terraform)
        terminal_print("\n");
}

static void human_on_run(void *self, const SuiteFile *, const SuiteRun *run,
                         SuiteProgress progress) {
    if (progress == SUITE_COMPLETE && !shows_whole_files(self))
        on_run_complete(self, run);
}

static void list_left(const State *state, StrBuf *out, Arena *scratch) {
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        ResourceAddr address = resource->address;
        if (address.mode != MODE_MANAGED)
            continue;
        vec_each(&resource->instances, instance) {
            address.key = instance->key;
            Str name = resource_addr_to_str(address, scratch);
            if (instance->current)
                strbuf_add_format(out, "  - %.*s\n", STR_ARG(name));
            vec_each(&instance->deposed, deposed) {
                strbuf_add_format(out, "  - %.*s (%.*s)\n", STR_ARG(name), STR_ARG(deposed->key));
            }
        }
    }
}

static void human_on_left(void *, const SuiteFile *file, const SuiteRun *run, const State *state,
                          SuiteReason reason) {
    SCOPED(ArenaRef) scratch = arena_open("left");
    StrBuf out = strbuf_new(scratch);
    strbuf_add_format(&out, "\n%.*s\n", STR_ARG(view_test_left(file, run, reason, scratch)));
    list_left(state, &out, scratch);
    if (reason == SUITE_REASON_SKIP)
        terminal_out(strbuf_str(&out));
    else
        terminal_err(strbuf_str(&out));
}

static void list_planned(const Plan *planned, StrBuf *out, Arena *scratch) {
    vec_each(&planned->changes, change) {
        if (view_test_creates(change))
            strbuf_add_format(out, "  - %.*s\n",
                              STR_ARG(resource_addr_to_str(change->address, scratch)));
    }
}

static void human_on_interrupt(void *, const SuiteFile *file, const SuiteLeftovers *left,
                               const Plan *planned) {
    SCOPED(ArenaRef) scratch = arena_open("interrupt");
    StrBuf out = strbuf_new(scratch);
    vec_each(left, leftover) {
        strbuf_add_format(&out,
                          "\n"
                          "These objects of \"%.*s\" of %.*s still exist. To destroy them, run "
                          "\"loam test cleanup\".\n",
                          STR_ARG(leftover->run->config->name), STR_ARG(file->config->path));
        list_left(leftover->state, &out, scratch);
    }
    if (planned) {
        strbuf_add_cstr(&out, "\n"
                              "The creation of these objects was interrupted; they may exist:\n");
        list_planned(planned, &out, scratch);
    }
    terminal_err(strbuf_str(&out));
}

static void human_on_end(void *self, const Suite *suite) {
    const TestText *text = self;
    SCOPED(ArenaRef) scratch = arena_open("summary");
    SuiteStatus status = suite->status > SUITE_PASS ? SUITE_FAIL : SUITE_PASS;
    terminal_print("\n%s%.*s%s\n", color_of(text, status),
                   STR_ARG(view_test_summary(suite, scratch)), plain(text));
}

static const SuiteEvents *report_tests(View *view, bool verbose) {
    TestText *text = arena_new(view->cli->arena, TestText);
    *text = (TestText){
        .events =
            {
                .self = text,
                .begin = human_on_begin,
                .file = human_on_file,
                .run = human_on_run,
                .left = human_on_left,
                .interrupt = human_on_interrupt,
                .end = human_on_end,
            },
        .view = view,
        .verbose = verbose,
    };
    return &text->events;
}

static const ViewType human_type = {
    .walk_begin = view_progress_begin,
    .walk_end = view_progress_end,
    .note = human_note,
    .step = human_step,
    .plan = human_show_plan,
    .saved_plan = human_saved_plan,
    .plan_hint = human_plan_hint,
    .applied = human_applied,
    .cancelled = human_cancelled,
    .valid = human_valid,
    .searched = human_searched,
    .diag = show_diag,
    .finish = human_finish,
    .tests = report_tests,
    .can_ask = true,
    .groups = true,
};

View *view_human_open(Cli *cli) {
    return view_new(cli, &human_type, NULL);
}
